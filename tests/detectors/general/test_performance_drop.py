from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.performance_drop import PerformanceDrop
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def watched(curve: Callable[[int], float], noise: float = 0.01, name: str = "accuracy") -> list[Alarm]:
    tracker, draw = AlarmTracker({"performance-drop": PerformanceDrop()}), random.Random(7)
    for t in range(1, 61):
        tracker.update(Observation(20 * t, {name: curve(t) + noise * draw.gauss(0, 1)}))
        tracker.update(Observation(20 * t + 10, {"loss": 1.0}))
    return tracker.alarms


def learnt(t: float) -> float:
    return 0.95 - 0.85 * math.exp(-t / 5)


@pytest.mark.parametrize("name", ["accuracy", "metric_precision"])
def test_a_score_that_falls_for_good_is_seen(name: str) -> None:
    (alarm,) = watched(lambda t: learnt(t) if t < 30 else 0.5, name=name)
    assert 600 <= alarm.step <= 720
    assert alarm.recovered is None
    assert name.removeprefix("metric_") in alarm.evidence


def test_scores_below_zero_fall_too() -> None:
    assert len(watched(lambda t: -1000 * (1 - learnt(t)) if t < 30 else -900, 5.0)) == 1


def test_one_bad_value_and_a_slow_small_loss_are_none() -> None:
    assert watched(lambda t: 0.1 if t == 30 else learnt(t)) == []
    assert watched(lambda t: learnt(t) - t / 1000) == []


def test_noise_is_none() -> None:
    assert watched(lambda t: 0.5, 0.15) == []
    assert watched(lambda t: math.nan) == []


def test_it_ends_when_the_score_is_back() -> None:
    (alarm,) = watched(lambda t: 0.4 if 30 <= t < 40 else learnt(t))
    assert alarm.recovered is not None


def test_the_score_that_fell_is_named() -> None:
    tracker = AlarmTracker({"performance-drop": PerformanceDrop()})
    for t in range(30):
        tracker.update(Observation(t, {"accuracy": 0.9, "metric_recall": 0.9 if t < 15 else 0.3}))
    assert [alarm.where for alarm in tracker.alarms] == ["recall"]


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(BadParameter, match="margin"):
        PerformanceDrop(margin=-1)


@pytest.mark.parametrize("name", ["metric_fid", "metric_rmse", "metric_gp", "metric_mine"])
def test_what_is_better_lower_or_not_known_may_fall(name: str) -> None:
    assert watched(lambda t: 100.0 if t < 30 else 5.0, name=name) == []


def test_a_score_of_ones_own_is_read_where_it_is_named() -> None:
    tracker = AlarmTracker({"performance-drop": PerformanceDrop(scores="other mine")})
    for t in range(30):
        tracker.update(Observation(t, {"metric_mine": 0.9 if t < 15 else 0.3}))
    assert len(tracker.alarms) == 1
