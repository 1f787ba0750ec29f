"""TorchScript is code: it is run as what is scored, where the user says so, and nowhere else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import gancheck as gc
from gancheck.errors import BadData
from gancheck.extractors.weights import load_tensors
from gancheck.inspection import inspect_data
from gancheck.loading.open import open_samples

POINTS = np.random.default_rng(0).normal(size=(60, 2))


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A generator that nobody may load."""
    path = tmp_path / "real.pt"
    torch.jit.save(torch.jit.trace(torch.nn.Linear(3, 2), torch.zeros(1, 3)), path)

    def load(*_: object, **__: object) -> None:
        raise AssertionError("it was loaded")

    monkeypatch.setattr(torch.jit, "load", load)
    return path


def test_a_reference_or_training_data_is_not_run(script: Path) -> None:
    for given in ({"reference": script}, {"reference": POINTS, "train": script}):
        with pytest.raises(BadData, match=r"real\.pt is TorchScript, which is code"):
            gc.score(POINTS, **given)


def test_samples_are_not_run_unless_the_user_says_so(script: Path) -> None:
    with pytest.raises(BadData, match=r"real\.pt is a generator as TorchScript.* run it with --torchscript"):
        gc.score(script, reference=POINTS)
    with pytest.raises(BadData, match="it was loaded"):
        gc.score(script, reference=POINTS, torchscript=True)


def test_data_to_look_at_is_not_run(script: Path) -> None:
    with pytest.raises(BadData, match=r"real\.pt is TorchScript, which is code"):
        inspect_data(script)


def test_it_is_not_run_out_of_an_archive(script: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(script, "real.pt")
    with pytest.raises(BadData, match="is TorchScript, which is code"):
        open_samples(tmp_path / "a.zip", what="reference")


def test_weights_are_not_run(script: Path) -> None:
    with pytest.raises(BadData, match=r"real\.pt is TorchScript, which is code"):
        load_tensors(script, "inception")
