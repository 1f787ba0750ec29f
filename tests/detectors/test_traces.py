"""Recorded trainings: what detectors said of them once they say today, and showing them fewer steps changes nothing."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.observation import Observation
from gancheck.detectors.replay import replay
from gancheck.detectors.selection import track
from gancheck.plugins.registry import Registry

TRACES = Path(__file__).parent / "traces"
ALARMS = json.loads((TRACES / "alarms.json").read_text(encoding="utf-8"))


def recorded(name: str) -> Iterator[Observation]:
    with gzip.open(TRACES / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (Observation.from_row(row) for row in map(json.loads, lines) if "numbers" in row)


def of_all() -> AlarmTracker:
    return track("full", Registry.load())


@pytest.mark.parametrize("name", ALARMS)
def test_alarms_of_recorded_trainings_stay(name: str) -> None:
    found = replay(of_all(), recorded(name)).alarms
    assert [[a.detector, a.step, a.part_of, a.recovered] for a in found] == [[*r[:2], *r[3:]] for r in ALARMS[name]]
    assert [a.statistic for a in found] == pytest.approx([row[2] for row in ALARMS[name]], rel=1e-12)


def test_steps_that_are_not_shown_would_change_nothing() -> None:
    shown, every = of_all(), of_all()
    for detector in every.detectors.values():
        detector.acts_on = ()  # type: ignore[misc]
    replay(shown, recorded("divergence"))
    replay(every, recorded("divergence"))
    assert shown.alarms == every.alarms
    assert shown.scores() == every.scores()
    assert all(map(math.isfinite, (shown.scores()[name] for name in ("nonfinite", "divergence", "stuck"))))
    assert len(shown.shown[("initial_loss", "loss", "")]) < len(shown.detectors) / 2
