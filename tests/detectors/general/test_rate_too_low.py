from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.rate_too_low import RateTooLow
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def watched(
    ratio: Callable[[int], float], cosine: float = 0.9, loss: Callable[[int], float] = lambda t: 2.3
) -> list[Alarm]:
    tracker, draw = AlarmTracker({"rate-too-low": RateTooLow()}), random.Random(8)
    for t in range(1, 601):
        numbers = {"loss": loss(t) * (1 + 0.02 * draw.gauss(0, 1))}
        layers = {"update_ratio": {"0": ratio(t), "2": 2 * ratio(t), "4": math.nan}} if t % 10 == 0 else {}
        if t % 10 == 0:
            numbers["gradient_cosine"] = cosine + 0.05 * draw.gauss(0, 1)
        tracker.update(Observation(t, numbers, layers))
    return tracker.alarms


def test_tiny_steps_along_a_steady_gradient_are_seen() -> None:
    (alarm,) = watched(lambda t: 1e-7)
    assert alarm.step <= 150
    assert "1.5e-07 of their norm" in alarm.evidence


def test_usual_steps_are_none() -> None:
    assert watched(lambda t: 1e-3) == []


def test_the_end_of_a_schedule_is_none() -> None:
    assert watched(lambda t: 1e-3 * (1 + math.cos(math.pi * t / 600)) if t < 600 else 0, 0.95) == []
    assert watched(lambda t: 1e-3 if t < 200 else 1e-9, 0.95) == []


def test_a_warm_up_is_none() -> None:
    assert watched(lambda t: 1e-9 * 1.03**t) == []


def test_a_gradient_without_direction_is_none() -> None:
    assert watched(lambda t: 1e-7, 0.0) == []


def test_a_loss_that_falls_all_the_same_is_none() -> None:
    assert watched(lambda t: 1e-7, loss=lambda t: 2.3 * math.exp(-t / 50)) == []


def test_weights_that_do_not_move_at_all_are_another_matter() -> None:
    assert watched(lambda t: 0.0) == []


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(BadParameter, match="ratio"):
        RateTooLow(ratio=0)
