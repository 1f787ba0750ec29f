from __future__ import annotations

import math

import numpy as np
import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.saddle import Saddle
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def steps_of_alarms(values: list[float]) -> list[int]:
    tracker = AlarmTracker({"saddle": Saddle()})
    for step, value in enumerate(values, start=1):
        tracker.update(Observation(step, {"negative_curvature": value}))
    return [alarm.step for alarm in tracker.alarms]


@pytest.mark.parametrize("seed", range(5))
def test_healthy_curvature_is_silent(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    assert steps_of_alarms(np.exp(drawn.normal(0, 0.7, 300)).tolist()) == []
    assert steps_of_alarms([0.0] * 50) == []


def test_a_saddle_is_named_at_its_second_measurement() -> None:
    assert steps_of_alarms([1.0, 0.9, 130.0, 140.0, 128.0]) == [4]
    assert steps_of_alarms([1.0, 130.0, 0.9, 0.5]) == []


def test_steps_without_a_measurement_say_nothing() -> None:
    watch = Saddle()
    watch.start()
    assert watch.update(Observation(1, {"loss": 1.0})) is None
    assert [watch.update(Observation(2, {"negative_curvature": v})) for v in (math.nan, math.inf)] == [None, None]
    with pytest.raises(BadParameter, match="most"):
        Saddle(most=0)
