from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.stuck import Stuck
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def watched(curve: Callable[[int], float], steps: int = 800, **given: float) -> list[Alarm]:
    tracker, draw = AlarmTracker({"stuck": Stuck()}), random.Random(4)
    for t in range(1, steps + 1):
        tracker.update(Observation(t, {"loss": curve(t) + 0.02 * draw.gauss(0, 1), **given}))
    return tracker.alarms


@pytest.mark.parametrize(("given", "latest"), [({"initial_loss": 2.3}, 300), ({}, 700)])
def test_a_loss_that_never_moves_is_seen(given: dict[str, float], latest: int) -> None:
    (alarm,) = watched(lambda t: 2.3, **given)
    assert (alarm.severity, alarm.recovered) == ("warning", None)
    assert alarm.step <= latest


def test_a_slow_start_is_not_stuck() -> None:
    assert watched(lambda t: 0.5 if t < 400 else 0.15 + 0.35 * math.exp(-(t - 400) / 400), steps=1_500) == []


def test_so_is_a_constant_one_and_one_above_a_constant_guess() -> None:
    assert len(watched(lambda t: 2.3 if t > 20 else 9.0, initial_loss=2.3)) == 1
    tracker = AlarmTracker({"stuck": Stuck()})
    for t in range(700):
        tracker.update(Observation(t, {"loss": 1.0}))
    assert len(tracker.alarms) == 1


def test_a_converged_loss_is_not_stuck() -> None:
    assert watched(lambda t: 0.3 + 2 * math.exp(-t / 10)) == []
    assert watched(lambda t: -5.0 + 4 * math.exp(-t / 10)) == []


def test_a_model_that_starts_well_trained_is_not_stuck_where_the_constant_guess_is_known() -> None:
    assert watched(lambda t: 0.3, initial_loss=2.3) == []


def test_a_loss_around_zero_says_nothing_of_what_is_learnt() -> None:
    assert watched(lambda t: -0.08 * math.exp(-t / 50)) == []  # the surrogate of a policy's gradient
    assert len(watched(lambda t: -0.08 * math.exp(-t / 50), initial_loss=-0.08)) == 1


def test_a_loss_around_zero_stays_one_where_means_of_many_steps_have_one_sign() -> None:
    tracker = AlarmTracker({"stuck": Stuck()})
    for t in range(1, 20_001):
        swing = 0.0 if t <= 20 else 0.05 * (-1) ** (t // 10)
        tracker.update(Observation(t, {"loss": 0.01 + swing}))
    assert tracker.alarms == []


def test_a_slow_fall_is_not_stuck() -> None:
    assert watched(lambda t: 2.3 - t / 8000) == []


def test_a_warm_up_is_waited_for() -> None:
    tracker = AlarmTracker({"stuck": Stuck()})
    for t in range(1, 500):
        tracker.update(Observation(t, {"loss": 2.3, "learning_rate": t / 500}))
    assert tracker.alarms == []


def test_it_ends_when_the_loss_moves_at_last() -> None:
    (alarm,) = watched(lambda t: 2.3 if t < 400 else 0.3 + 2 * math.exp(-(t - 400) / 50), initial_loss=2.3)
    assert alarm.recovered is not None
    assert alarm.recovered <= 600


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(BadParameter, match="share"):
        Stuck(share=0)
