from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.loss_spike import LossSpike
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def watched(curve: Callable[[int], float], rate: Callable[[int], float] | None = None) -> list[Alarm]:
    tracker, draw = AlarmTracker({"loss-spike": LossSpike()}), random.Random(2)
    for t in range(1, 801):
        rates: Mapping[str, float] = {"learning_rate": rate(t)} if rate else {}
        tracker.update(Observation(t, {"loss": curve(t) + 0.1 * abs(curve(t)) * draw.gauss(0, 1), **rates}))
    return tracker.alarms


def learnt(t: float) -> float:
    return 0.3 + 2 * math.exp(-t / 60)


@pytest.mark.parametrize("scale", [1e-5, 1.0, 1e5])
def test_one_spike_is_one_alarm_that_ends(scale: float) -> None:
    (alarm,) = watched(lambda t: scale * (learnt(t) + (5 * math.exp(-(t - 505) / 5) if t >= 505 else 0)))
    assert (alarm.step, alarm.severity) == (510, "notice")
    assert alarm.recovered is not None
    assert alarm.recovered <= 550


def test_one_odd_batch_is_seen() -> None:
    (alarm,) = watched(lambda t: 6.0 if t == 503 else learnt(t))
    assert (alarm.step, alarm.recovered) == (510, 520)


def test_negative_losses_spike_too() -> None:
    assert [a.step for a in watched(lambda t: 30.0 if 500 < t < 505 else -10.0)] == [510]


def test_a_small_jump_is_none() -> None:
    assert watched(lambda t: learnt(t) * (1.3 if 500 < t < 505 else 1)) == []
    assert watched(lambda t: 1e-6 + 2 * math.exp(-t / 20) + (1e-3 if t == 500 else 0)) == []


@pytest.mark.parametrize("every", [4, 16])
def test_an_extra_term_at_every_few_steps_is_none(every: int) -> None:
    assert watched(lambda t: learnt(t) + (3.0 if t % every == 0 else 0)) == []


def test_one_odd_batch_in_every_epoch_is_told_three_times_at_most() -> None:
    assert 1 <= len(watched(lambda t: 6.0 if t % 120 == 0 else learnt(t))) <= 3


def test_a_spike_beyond_the_regular_ones_is_seen() -> None:
    def loss(t: int) -> float:
        return 300.0 if t in (503, 504) else learnt(t) + (3.0 if t % 16 == 0 else 0)

    assert [alarm.step for alarm in watched(loss)] == [510]


def test_a_spike_below_the_regular_ones_is_told_by_its_own_height() -> None:
    def loss(t: int) -> float:
        return 5.0 if t in (503, 505) else learnt(t) + (8.0 if t % 8 == 0 else 0)

    (alarm,) = watched(loss)
    assert "jumped to 5." in alarm.evidence or "jumped to 4." in alarm.evidence


def test_an_extra_term_that_grows_is_told() -> None:
    assert watched(lambda t: learnt(t) * (1 + (0.3 * 1.2 ** ((t - 200) // 16) if t >= 200 and t % 16 == 0 else 0)))


def test_a_restart_of_the_rate_is_none() -> None:
    def rate(t: int) -> float:
        return 1.0 if t < 300 or t >= 500 else 0.01

    assert watched(lambda t: 0.1 + 2 * math.exp(-t / 60) + (1.0 if t >= 500 else 0.0), rate) == []


def test_a_falling_loss_and_one_that_is_nan_are_none() -> None:
    assert watched(lambda t: 2 * 0.98**t) == []
    assert watched(lambda t: math.nan if t % 2 else learnt(t)) == []
    assert watched(lambda t: 0.0) == []


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(BadParameter, match="window"):
        LossSpike(window=5)
    with pytest.raises(BadParameter, match="deviations"):
        LossSpike(deviations=0)
