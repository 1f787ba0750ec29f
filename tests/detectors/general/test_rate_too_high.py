from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.rate_too_high import RateTooHigh
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def watched(
    cosine: float, loss: Callable[[int], float] | None = lambda t: 1.0, spread: float = 0.1, noise: float = 0.2
) -> list[Alarm]:
    tracker, draw = AlarmTracker({"rate-too-high": RateTooHigh()}), random.Random(9)
    for t in range(1, 801):
        numbers = {"loss": loss(t) * (1 + noise * draw.gauss(0, 1))} if loss else {}
        if t % 10 == 0:
            numbers["gradient_cosine"] = max(-1.0, cosine + spread * draw.gauss(0, 1))
        tracker.update(Observation(t, numbers))
    return tracker.alarms


def test_gradients_against_each_other_are_seen() -> None:
    (alarm,) = watched(-0.4)
    assert alarm.step <= 250
    assert "mean cosine -0." in alarm.evidence


def test_players_whose_gradients_turn_back_are_none() -> None:
    assert watched(-0.4, None) == []  # a GAN logs no loss of its own


@pytest.mark.parametrize("cosine", [0.8, 0.1, 0.0, -0.05])
def test_noise_about_nothing_and_momentum_are_none(cosine: float) -> None:
    assert watched(cosine) == []


def test_large_steps_at_which_the_loss_falls_are_none() -> None:
    assert watched(-0.5, lambda t: 2.3 / (1 + t / 50)) == []


def test_an_optimum_at_rest_is_none() -> None:
    assert watched(-0.9, lambda t: 0.2 + 2 * math.exp(-t / 5), noise=0.0) == []


def test_what_is_no_cosine_is_left_out() -> None:
    detector = RateTooHigh()
    bad = (math.nan, math.inf, -1e30)
    assert all(detector.update(Observation(t, {"gradient_cosine": bad[t % 3]})) is None for t in range(100))


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(BadParameter, match="window"):
        RateTooHigh(window=2)
