"""Suites on files of a user's own: found beside the suite, and known by what they hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import gancheck as gc
from gancheck.bench.plan import Plan
from gancheck.classifiers.image_training import Plan as ClassifierPlan
from gancheck.cli.main import main
from gancheck.datasets.images.train_classifier import write_classifier
from gancheck.errors import MissingData
from gancheck.plugins.registry import Registry
from gancheck.training.vectorise import ExecutionPath

SUITE = """\
recipes = ["none"]
seeds = 1
block = 1
budget = { steps = 4, evaluations = 1 }
training = { batch = 8 }
evaluation = { samples = 100, metrics = ["modes"] }

[[task]]
dataset = "table:data/points.csv"
gan = { name = "mlp", width = 8 }

[[task]]
dataset = { name = "folder", path = "photos", classifier = "own.safetensors" }
gan = { name = "mlp", width = 8 }
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A suite, a table and a folder of images with a classifier."""
    place, source = tmp_path_factory.mktemp("own"), np.random.default_rng(0)
    (place / "own.toml").write_text(SUITE)
    (place / "data").mkdir()
    rows = source.normal(0, 0.1, (200, 2)) + np.arange(200)[:, None] % 2 * [3, 0]
    np.savetxt(place / "data" / "points.csv", rows, delimiter=",", header="a,b", comments="")
    for name, level in (("cat", 60), ("dog", 190)):
        (place / "photos" / name).mkdir(parents=True)
        for i in range(20):
            grey = source.normal(level, 10, (8, 8)).clip(0, 255).astype(np.uint8)
            Image.fromarray(grey).save(place / "photos" / name / f"{i}.png")
    data = Registry.load().build("dataset", "folder", path=str(place / "photos"))
    write_classifier(data, place / "own.safetensors", ClassifierPlan(widths=(4, 8, 8), steps=2), torch.device("cpu"))
    return place


def training_ids(suite: Path) -> dict[str, str]:
    """Task -> the id of its training."""
    return {spec.task: spec.training_id for spec in Plan.make(suite).specs}


def test_a_folder_and_a_table_beside_the_suite_are_trained_on(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gancheck.bench.spec.Cell.path", lambda *_: ExecutionPath("stacked", "eager"))
    monkeypatch.setattr("gancheck.api.run.draw", lambda *_: [])
    assert main(["run", str(place / "own.toml"), "--out", "runs", "--jobs", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 done, 0 failed")


def test_where_files_lie_is_no_part_of_an_id_and_what_they_hold_is(place: Path, tmp_path: Path) -> None:
    before = training_ids(place / "own.toml")
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("own.toml", "data", "photos", "own.safetensors"):
        (place / name).rename(moved / name)
    try:
        assert training_ids(moved / "own.toml") == before
        lines = (moved / "data" / "points.csv").read_text().splitlines()
        (moved / "data" / "points.csv").write_text("\n".join([*lines[:-1], "0.5,0.5"]))
        after = training_ids(moved / "own.toml")
        assert after["table/mlp"] != before["table/mlp"]
        assert after["folder/mlp"] == before["folder/mlp"]
        (moved / "photos" / "cat" / "0.png").unlink()
        assert training_ids(moved / "own.toml")["folder/mlp"] != before["folder/mlp"]
    finally:
        for name in ("own.toml", "data", "photos", "own.safetensors"):
            (moved / name).rename(place / name)


def test_data_root_says_where_downloads_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*arguments: object, **more: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    with pytest.raises(MissingData, match=str(tmp_path / "mine")):
        gc.run(strategies=["none"], datasets=["svhn"], data_root=tmp_path / "mine")
    with pytest.raises(MissingData, match=str(tmp_path / "mine")):
        gc.score(torch.zeros(30, 3, 32, 32), dataset="svhn", data_root=tmp_path / "mine")


def test_data_root_is_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    np.save(tmp_path / "made.npy", np.zeros((30, 3, 32, 32), dtype=np.float32))
    root = ["--data-root", str(tmp_path / "mine")]
    (tmp_path / "own.toml").write_text('recipes = ["none"]\ntask = [{ dataset = "cifar10", gan = "mlp" }]')
    for command in (["run", "own.toml"], ["score", "made.npy", "--dataset", "cifar10"]):
        monkeypatch.chdir(tmp_path)
        assert main([*command, *root]) == 2
        assert f"into {tmp_path / 'mine'}" in capsys.readouterr().err
