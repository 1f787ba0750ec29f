"""What is said of a training that is over."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import pytest

import gancheck as gc
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.selection import track
from gancheck.monitor.diagnosis import Diagnosis
from gancheck.monitor.readers.recording import Recording


@dataclass
class Above(gc.Detector):
    """Raises where the loss is above a threshold, as a notice or a warning."""

    patience = 1
    cause = "a test"
    advice = "another"
    threshold: float = 1.0
    name: str = "loss"

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: gc.Observation) -> gc.Reading | None:
        return gc.Reading(seen.get(self.name), self.threshold, "it is high") if self.name in seen.numbers else None


class Noting(Above):
    """The same, as a notice."""

    severity = "notice"


def diagnosed(losses: list[float], initial: float | None = None, **detectors: gc.Detector) -> Diagnosis:
    seen = tuple(
        gc.Observation(step, {"loss": loss}, {"update_ratio": {"a": 1.0}}) for step, loss in enumerate(losses, 5)
    )
    needs = {"deaf": ("val_loss",), "dumb": ("layer_gradient",), "blind": ("layer_weight",)}
    tracker = AlarmTracker(detectors, {name: needs.get(name, ("loss",)) for name in detectors})
    return Diagnosis.of(Recording("run.csv", "a table of losses", seen, ("a row",)), tracker, initial)


def test_everything_is_said_in_order() -> None:
    found = diagnosed([0, 2, 0, 0], high=Above(), deaf=Above(), dumb=Above(name="x"), blind=Above(name="x"))
    lines = str(found).splitlines()
    assert lines[0] == "2 alarms in 4 steps of run.csv, a table of losses"
    assert lines[1] == "steps 5 to 8: loss, update_ratio"
    assert lines[2:5] == ["layers: a", "1 detector watched", "left out or assumed: a row"]
    assert lines[5].startswith("- step 6: high (warning")
    assert lines[5].endswith("it is high. Likely: a test. Try: another. Over at step 7.")
    assert lines[7:] == [
        "could say nothing:",
        "- needs monitor.log(val_loss=...): deaf",
        "- give the model and its optimiser to gc.watch(model, optimizer): blind, dumb",
    ]


@pytest.mark.parametrize(("detector", "wrong"), [(Above(), True), (Noting(), False), (Above(9.0), False)])
def test_a_notice_alone_is_nothing_wrong(detector: gc.Detector, wrong: bool) -> None:
    assert diagnosed([2, 2, 2], it=detector).went_wrong is wrong


def test_the_loss_of_a_constant_guess_holds_at_every_step() -> None:
    assert [a.step for a in diagnosed([0, 0], 3.0, it=Above(name="initial_loss")).alarms] == [5]


def test_programs_get_the_same() -> None:
    found = json.loads(diagnosed([0, math.inf], high=Above(), deaf=Above(name="x")).to_json())
    assert [alarm["step"] for alarm in found["alarms"]] == [6]
    assert found["signals"] == ["loss", "update_ratio"]
    assert found["idle"] == {"deaf": "needs val_loss: monitor.log(val_loss=...)"}
    assert (found["source"], found["steps"], found["notes"]) == ("run.csv", 2, ["a row"])


def test_a_trace_gives_the_alarms_that_the_training_gave(tmp_path: Path) -> None:
    losses = [1.0, 0.5, math.nan, 0.5, 0.4]
    tracker = track("nonfinite", gc.Registry())
    monitor = gc.Monitor(tracker, every=2, trace=tmp_path / "run.jsonl", on_alarm=lambda alarm: None)
    with monitor:
        for loss in losses:
            monitor.step(loss=loss)
    found = gc.diagnose(tmp_path / "run.jsonl", detectors="nonfinite")
    assert list(found.alarms) == monitor.alarms
    assert found.alarms[0].step == 3
