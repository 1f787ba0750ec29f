"""Runs on their way to a tracker: told from the store; what a tracker raises costs no run."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import gancheck as gc
from gancheck.bench.trackers.base import TrackedRun
from gancheck.bench.trackers.loader import load_tracker

ROOT = Path(__file__).parents[3]
MODEL = """\
from dataclasses import dataclass
from torch import nn
import gancheck as gc


@gc.gan("still")
@dataclass(frozen=True)
class Still(gc.Model):
    def build(self, data):
        return gc.Networks(nn.Linear(2, data.size), gc.Latent(2))

    def train(self, session):
        for _ in session.steps():
            pass
"""
SUITE = """\
version = "1"
recipes = ["none", "r1"]
seeds = 2
block = 2
budget = { steps = 4, evaluations = 2 }
evaluation = { samples = 100, metrics = ["modes"] }
task = [{ dataset = "ring(sigma=0.1)", gan = "still" }]
"""


class Calls:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.runs: list[TrackedRun] = []
        self.values: list[Mapping[str, Any]] = []
        self.steps: list[tuple[int, Mapping[str, float]]] = []
        self.ends: list[str] = []
        self.pictures: list[tuple[int, tuple[int, ...]]] = []

    def start(self, run: TrackedRun) -> None:
        self.runs.append(run)

    def parameters(self, values: Mapping[str, Any]) -> None:
        self.values.append(values)

    def metrics(self, values: Mapping[str, float], step: int) -> None:
        self.steps.append((step, values))

    def samples(self, picture: NDArray[np.uint8], step: int) -> None:
        self.pictures.append((step, picture.shape))

    def end(self, status: str) -> None:
        self.ends.append(status)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tracked")
    (folder / "mine.toml").write_text(SUITE)
    (folder / "still.py").write_text(MODEL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gancheck.api.run.draw", lambda *_: [])
        calls = Calls()
        run(folder, track=calls)
        (folder / "done").touch()
        CALLS[folder] = calls
        yield folder


CALLS: dict[Path, Calls] = {}


def run(place: Path, **how: Any) -> gc.RunOutcome:
    how = {"out": place / "runs", "jobs": 1, "device": "cpu"} | how
    return gc.run(place / "mine.toml", plugins=[place / "still.py"], **how)


def test_every_run_that_was_tried_is_told_from_start_to_end(place: Path) -> None:
    calls = CALLS[place]
    assert [found.name for found in calls.runs] == ["ring-still/none-seed-0", "ring-still/none-seed-1"]
    assert calls.ends == ["done", "done"]  # the two that no strategy can treat are skipped, and not told
    assert calls.values[0]["recipe"] == "none"
    assert calls.values[0]["dataset.sigma"] == 0.1
    assert calls.values[0]["budget.steps"] == 4
    steps = [step for step, values in calls.steps if "modes" in values]
    assert steps == [2, 4, 2, 4]
    assert all(values["real/modes"] > 0 for _, values in calls.steps if "modes" in values)


def test_the_first_seed_has_pictures_at_every_evaluation(place: Path) -> None:
    assert CALLS[place].pictures == [(2, (256, 256, 3)), (4, (256, 256, 3))]


def test_a_tracker_that_raises_is_said_once_and_costs_no_run(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Broken(Calls):
        def metrics(self, values: Mapping[str, float], step: int) -> None:
            raise ConnectionError("the server\nis gone")

    outcome = run(place, track=Broken(), track_cached=True)
    assert outcome.counts["cached"] == 2
    said = [line for line in capsys.readouterr().err.splitlines() if "tracker" in line]
    assert said == [
        "gancheck: tracker Broken at ring/still none seed 0, ConnectionError: the server is gone; trainings go on "
        "without it"
    ]


def test_cached_runs_are_told_only_when_asked_for_and_that_is_said(place: Path) -> None:
    calls = Calls()
    outcome = run(place, track=calls)
    assert calls.runs == []
    assert "2 cached runs not tracked again; --track-cached does that" in outcome.notes
    assert not run(place, track=calls, track_cached=True).notes
    assert len(calls.runs) == 2


def test_tensorboard_has_scalars_pictures_and_parameters(place: Path) -> None:
    for _ in range(2):  # a run that is told again takes its old place
        run(place, track="tensorboard", track_cached=True)
    folder = place / "runs" / "tensorboard" / "ring-still"
    assert sorted(path.name for path in folder.iterdir()) == ["none-seed-0", "none-seed-1"]
    (file,) = (folder / "none-seed-0").iterdir()
    events = EventAccumulator(str(file))
    events.Reload()
    tags = events.Tags()
    assert {"modes", "real/modes"} <= set(tags["scalars"])
    assert [event.step for event in events.Scalars("modes")] == [2, 4]
    assert tags["images"] == ["samples"]
    assert "_hparams_/session_start_info" in events.summary_metadata


def test_the_adapter_on_the_page_makes_wandbs_calls(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the library, which needs an account or a server."""
    said: list[Any] = []
    session = SimpleNamespace(
        config=SimpleNamespace(update=said.append),
        log=lambda values, step: said.append((step, values)),
        finish=lambda exit_code: said.append(exit_code),
    )
    wandb = ModuleType("wandb")
    wandb.init = lambda **how: said.append(how) or session  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    page = (ROOT / "docs" / "trackers.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(re.search(r"```python\n(class Wandb:.*?)```", page, re.DOTALL)[1], names)  # type: ignore[index]
    run(place, track=load_tracker(names["Wandb"]()), track_cached=True)
    first, parameters = said[0], said[1]
    assert first["project"] == "mine"
    assert parameters["recipe"] == "none"
    assert said[-1] == 0
    steps = [item[0] for item in said if isinstance(item, tuple)]
    assert steps == sorted(steps[: len(steps) // 2]) * 2
