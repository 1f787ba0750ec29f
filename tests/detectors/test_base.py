from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

import gancheck as gc
from gancheck.detectors.replay import replay


@dataclass
class Notes(gc.Detector):
    """Writes down what it is shown, and raises from step 2 on."""

    seen: list[tuple[int, dict[str, float]]] = field(default_factory=list)

    def start(self) -> None:
        self.seen.clear()

    def update(self, step: int, signals: Mapping[str, float]) -> tuple[float, str] | None:
        self.seen.append((step, dict(signals)))
        return (float(step), f"step {step}") if step >= 2 else None


def test_each_detector_raises_its_first_alarm_only() -> None:
    one, two = Notes(), Notes()
    alarms = replay({"one": one, "two": two}, {"generator_loss": [1.0, 2.0, 3.0]})
    assert alarms == [gc.Alarm("one", 2, 2.0, "step 2"), gc.Alarm("two", 2, 2.0, "step 2")]
    assert one.seen == [(1, {"generator_loss": 1.0}), (2, {"generator_loss": 2.0})]


def test_signals_that_were_not_measured_are_absent_but_a_nan_loss_is_news() -> None:
    notes = Notes()
    replay({"notes": notes}, {"generator_loss": [math.nan], "diversity": [math.nan], "real_logit": [math.nan]})
    ((step, signals),) = notes.seen
    assert step == 1
    assert list(signals) == ["generator_loss"]


def test_a_run_starts_afresh() -> None:
    notes = Notes(seen=[(9, {})])
    replay({"notes": notes}, {"generator_loss": []})
    assert notes.seen == []


def test_signals_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        replay({"notes": Notes()}, {"generator_loss": [1.0], "diversity": []})


def test_an_alarm_is_a_row_of_json() -> None:
    row = gc.Alarm("notes", 3, 0.5, "why").row()
    assert json.loads(json.dumps(row)) == {"detector": "notes", "step": 3, "score": 0.5, "evidence": "why"}
