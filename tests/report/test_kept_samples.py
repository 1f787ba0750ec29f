"""`--keep samples,grids`: what others can score and look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import gancheck as gc
from gancheck.bench.store import Store
from gancheck.errors import BadParameter

SUITE = """\
version = "1"
recipes = ["none"]
seeds = 2
block = 2
budget = { steps = 6, evaluations = 2 }
training = { batch = 8 }
evaluation = { samples = 600, metrics = ["modes", "quality", "fid"] }
"""
RING = SUITE + 'task = [{ dataset = "ring(sigma=0.1)", gan = { name = "mlp", width = 8 } }]\n'
DIGITS = SUITE + 'task = [{ dataset = "digits", gan = { name = "mlp", width = 8 } }]\n'


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with two suites, and runs without pictures."""
    monkeypatch.setattr("gancheck.api.run.draw", lambda *_: [])
    (tmp_path / "ring.toml").write_text(RING)
    (tmp_path / "digits.toml").write_text(DIGITS)
    return tmp_path


def test_kept_samples_are_those_that_were_measured(quick: Path) -> None:
    runs = quick / "runs"
    gc.run(quick / "ring.toml", out=runs, jobs=1, device="cpu")
    outcome = gc.run(quick / "ring.toml", out=runs, jobs=1, device="cpu", keep="samples")
    assert outcome.counts["cached"] == 2  # drawn again from what was kept
    late = gc.run(quick / "ring.toml", out=runs, jobs=1, device="cpu", keep="players")
    assert late.notes[-1].startswith("2 runs had been trained without --keep players")
    for run in Store(runs).runs():
        x = np.load(runs / "samples" / "ring-mlp" / f"none-seed-{run.spec.seed}.npy")
        assert (x.dtype, x.shape) == (np.float32, (600, 2))
        scores = gc.score(x, dataset="ring(sigma=0.1)", metrics="modes,quality")
        assert (scores.values["modes"], scores.values["quality"]) == pytest.approx(
            (run.last("value")["modes"], run.last("value")["quality"])
        )
    assert not list((runs / "samples").rglob("*.png"))  # points are no images


def test_samples_are_drawn_again_as_they_were_measured_in_float32(quick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a GPU convolutions are rounded otherwise unless somebody says no."""
    told: list[bool] = []
    monkeypatch.setattr("gancheck.api.run.keep_samples", lambda *_: told.append(torch.backends.cudnn.allow_tf32))
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    gc.run(quick / "ring.toml", out=quick / "runs", jobs=1, device="cpu")
    assert told == [False]


def test_images_are_kept_with_a_grid_and_one_at_every_evaluation_of_the_first_seed(quick: Path) -> None:
    gc.run(quick / "digits.toml", out=quick / "runs", jobs=1, device="cpu", keep=["samples", "grids"])
    folder = quick / "runs" / "samples" / "digits-mlp"
    pictures = {path.name for path in folder.glob("*.png")}
    assert pictures == {"none-seed-0.png", "none-seed-1.png", "none-seed-0-step-3.png", "none-seed-0-step-6.png"}
    assert np.load(folder / "none-seed-1.npy").shape == (600, 1, 8, 8)
    with Image.open(folder / "none-seed-0-step-6.png") as grid:
        assert min(grid.size) >= 64


def test_what_cannot_be_kept_is_refused(quick: Path) -> None:
    with pytest.raises(BadParameter, match="Did you mean 'samples'"):
        gc.run(quick / "ring.toml", out=quick / "runs", keep="sampels")
