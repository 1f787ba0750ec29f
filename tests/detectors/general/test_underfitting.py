from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.underfitting import Underfitting
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def watched(floor: float, gap: float = 1.02, scale: float = 40, **given: float) -> list[Alarm]:
    tracker, draw = AlarmTracker({"underfitting": Underfitting()}), random.Random(6)
    for t in range(1, 1001):
        curve = floor + (2.3 - floor) * math.exp(-t / scale)
        numbers = {"loss": curve * (1 + 0.05 * draw.gauss(0, 1)), **given}
        if t % 20 == 0:
            numbers["val_loss"] = gap * curve * (1 + 0.02 * draw.gauss(0, 1))
        tracker.update(Observation(t, numbers))
    return tracker.alarms


@pytest.mark.parametrize("given", [{}, {"initial_loss": 2.3}])
def test_a_model_that_explains_little_of_anything_is_a_notice(given: dict[str, float]) -> None:
    (alarm,) = watched(1.9, **given)
    assert alarm.severity == "notice"
    assert alarm.step <= 700


def test_one_that_explains_most_of_it_is_none() -> None:
    assert watched(0.5) == []


def test_nor_is_one_that_still_improves() -> None:
    assert watched(0.3, scale=4000) == []


def test_nor_one_that_is_good_on_its_training_data_only() -> None:
    assert watched(1.9, gap=1.5) == []


def test_without_validation_it_says_nothing() -> None:
    detector = Underfitting()
    assert all(detector.update(Observation(t, {"loss": 2.3})) is None for t in range(1, 500))


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(BadParameter, match="share"):
        Underfitting(share=2)
