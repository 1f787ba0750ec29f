from __future__ import annotations

import math

import numpy as np
import pytest

from gancheck.detectors.adversarial.rotation import Rotation
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def steps_of_alarms(turns: list[float], radius: list[float]) -> list[int]:
    tracker = AlarmTracker({"rotation": Rotation()})
    for step, (t, r) in enumerate(zip(turns, radius, strict=True), start=1):
        tracker.update(Observation(step, {"path_turns": t, "path_radius": r}))
    return [alarm.step for alarm in tracker.alarms]


@pytest.mark.parametrize("seed", range(5))
def test_scattered_and_inward_paths_are_silent(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    noise = np.abs(drawn.normal(0, 0.4, 300)).tolist()
    assert steps_of_alarms(noise, drawn.uniform(0.6, 1.4, 300).tolist()) == []
    assert steps_of_alarms(drawn.uniform(2, 9, 300).tolist(), drawn.uniform(0.1, 0.93, 300).tolist()) == []


def test_circles_and_outward_spirals_are_named() -> None:
    assert steps_of_alarms([2.0] * 30, [1.0] * 30) == [15]
    assert steps_of_alarms([9.0] * 30, [2e9] * 30) == [15]


def test_steps_without_a_measurement_say_nothing() -> None:
    watch = Rotation()
    watch.start()
    assert watch.update(Observation(1, {"path_turns": 3.0})) is None
    assert watch.update(Observation(1, {"path_turns": math.nan, "path_radius": 1.0})) is None
    with pytest.raises(BadParameter, match="turns"):
        Rotation(turns=0)
