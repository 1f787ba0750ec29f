from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.overfitting import Overfitting
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter

Curve = Callable[[int], float]


def watched(training: Curve, validation: Curve, noise: float = 0.03, seed: int = 5) -> list[Alarm]:
    tracker, draw = AlarmTracker({"overfitting": Overfitting()}), random.Random(seed)
    for t in range(1, 1001):
        numbers = {"loss": training(t) * (1 + 3 * noise * draw.gauss(0, 1))}
        if t % 20 == 0:
            numbers["val_loss"] = validation(t) * (1 + noise * draw.gauss(0, 1))
        tracker.update(Observation(t, numbers))
    return tracker.alarms


def falling(t: float) -> float:
    return 2.3 * math.exp(-t / 150)


def turning(t: float) -> float:
    return 0.5 + 1.5 * math.exp(-t / 60) + max(0, t - 300) / 1000


@pytest.mark.parametrize("scale", [1e-5, 1.0, 1e5])
def test_validation_that_rises_while_training_falls_is_seen(scale: float) -> None:
    (alarm,) = watched(lambda t: scale * falling(t), lambda t: scale * turning(t))
    assert 300 < alarm.step <= 640
    assert alarm.recovered is None
    assert "val_loss rose to" in alarm.evidence


def test_so_is_one_of_negative_losses() -> None:
    assert len(watched(lambda t: -10 + 8 * math.exp(-t / 300), lambda t: turning(t) - 2, 0.01)) == 1


def test_training_that_rises_too_is_no_overfitting() -> None:
    assert watched(turning, turning) == []


@pytest.mark.parametrize("seed", range(4))
def test_noisy_validation_that_stays_is_none(seed: int) -> None:
    assert watched(falling, lambda t: 0.5 + 1.5 * math.exp(-t / 60), 0.25, seed) == []


def test_validation_below_training_as_with_dropout_is_none() -> None:
    assert watched(lambda t: 0.5 + falling(t), falling) == []
    assert watched(falling, lambda t: 2 * falling(t)) == []


def test_what_is_not_finite_is_left_out() -> None:
    assert len(watched(lambda t: math.nan if t % 7 == 0 else falling(t), turning)) == 1
    assert watched(falling, lambda t: math.nan) == []


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(BadParameter, match="margin"):
        Overfitting(margin=0)
