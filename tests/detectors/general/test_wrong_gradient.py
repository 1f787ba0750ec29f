from __future__ import annotations

import math

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.wrong_gradient import WrongGradient
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def steps_of_alarms(values: list[float]) -> list[int]:
    tracker = AlarmTracker({"wrong-gradient": WrongGradient()})
    for step, value in enumerate(values, start=1):
        tracker.update(Observation(step, {"gradient_error": value}))
    return [alarm.step for alarm in tracker.alarms]


def test_rounding_and_one_bad_measurement_are_silent() -> None:
    assert steps_of_alarms([0.0, 0.03, 0.001, 0.4, 0.02, 0.0]) == []


def test_an_error_that_stays_is_named() -> None:
    assert steps_of_alarms([0.3, 0.32, 0.5]) == [2]


def test_steps_without_a_measurement_say_nothing() -> None:
    watch = WrongGradient()
    watch.start()
    assert watch.update(Observation(1)) is None
    assert watch.update(Observation(2, {"gradient_error": math.nan})) is None
    with pytest.raises(BadParameter, match="most"):
        WrongGradient(most=1)
