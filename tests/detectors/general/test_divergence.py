from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.divergence import Divergence
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def watched(curve: Callable[[int], float], steps: int = 800, noise: float = 0.1, name: str = "loss") -> list[Alarm]:
    tracker, draw = AlarmTracker({"divergence": Divergence()}), random.Random(1)
    for t in range(1, steps + 1):
        tracker.update(Observation(t, {name: curve(t) * (1 + noise * draw.gauss(0, 1))}))
    return tracker.alarms


def learnt(t: float) -> float:
    return 0.3 + 2 * math.exp(-t / 60)


def test_a_loss_that_grows_from_the_start_is_seen_within_170_steps() -> None:
    (alarm,) = watched(lambda t: 1.03**t, 200)
    assert alarm.step <= 170
    assert alarm.severity == "fatal"


def test_a_loss_that_grows_late_is_seen() -> None:
    (alarm,) = watched(lambda t: learnt(t) * (1.02 ** max(0, t - 400)))
    assert 400 < alarm.step <= 550
    assert alarm.recovered is None


def test_a_loss_that_jumps_back_to_chance_and_stays_is_seen_and_not_over() -> None:
    (alarm,) = watched(lambda t: learnt(t) if t < 400 else 2.3)
    assert 400 < alarm.step <= 530
    assert alarm.recovered is None
    assert "rose to" in alarm.evidence


def test_it_is_over_when_the_loss_has_come_down() -> None:
    (alarm,) = watched(lambda t: 2.3 if 400 <= t < 600 else learnt(t))
    assert alarm.recovered is not None


def test_a_spike_that_recovers_is_none() -> None:
    assert watched(lambda t: learnt(t) + (20 * math.exp(-(t - 400) / 30) if t >= 400 else 0)) == []


def test_restarts_are_none() -> None:
    assert watched(lambda t: learnt(t) + (0.8 * math.exp(-(t % 200) / 50) if t > 200 else 0), 1200) == []


@pytest.mark.parametrize("name", ["loss", "discriminator_loss"])
def test_a_critic_that_loses_its_lead_is_none(name: str) -> None:
    assert watched(lambda t: -10 * min(1, t / 100) * math.exp(-t / 500), 1700, name=name) == []


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_losses_of_a_game_may_oscillate_and_climb(scale: float) -> None:
    assert watched(lambda t: scale * (0.7 + t / 200 + 0.5 * math.sin(t / 30)), 1700, name="generator_loss") == []


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_unit_of_the_loss_does_not_matter(scale: float) -> None:
    usual = watched(lambda t: learnt(t) if t < 400 else 2.3)
    assert [a.step for a in watched(lambda t: scale * (learnt(t) if t < 400 else 2.3))] == [usual[0].step]


def test_a_player_whose_loss_explodes_is_seen_and_named() -> None:
    tracker = AlarmTracker({"divergence": Divergence()})
    for t in range(1, 700):
        numbers = {"generator_loss": 1.0 + 0.1 * math.sin(t), "discriminator_loss": -1.0 - 1.03 ** max(0, t - 400)}
        tracker.update(Observation(t, {**numbers, "generator_loss": 1.03 ** max(0, t - 400)}))
    (alarm,) = tracker.alarms
    assert alarm.where == "generator_loss"


def test_what_is_not_finite_is_left_to_others() -> None:
    assert watched(lambda t: math.nan if t % 3 else learnt(t)) == []
    assert watched(lambda t: learnt(t) if t < 300 else math.inf) == []


def test_without_losses_it_says_nothing() -> None:
    assert Divergence().update(Observation(1, {"val_loss": 1.0, "initial_loss": 2.0})) is None


@pytest.mark.parametrize("name", ["margin", "loose", "ranges", "spreads"])
def test_impossible_parameters_are_refused(name: str) -> None:
    with pytest.raises(BadParameter, match=name):
        Divergence(**{name: 0.0})


@pytest.mark.parametrize("height", [1e-6, 0.01, 5.0])
def test_a_term_that_is_0_at_first_has_no_size_to_rise_from(height: float) -> None:
    annealed = lambda t: height * min(1.0, max(0, t - 350) / 300)  # noqa: E731
    assert watched(annealed, 1500, name="kl_loss") == []
    assert watched(annealed, 1500) == []


@pytest.mark.parametrize("steps", [500, 1000, 3000])
def test_a_critics_loss_may_drift_from_0_since_its_zero_lies_anywhere(steps: int) -> None:
    for seed in range(3):
        tracker, draw = AlarmTracker({"divergence": Divergence()}), random.Random(seed)
        for t in range(1, steps + 1):
            numbers = {"generator_loss": 1.2 * t / steps + 0.01 * draw.gauss(0, 1), "discriminator_loss": -0.01}
            tracker.update(Observation(t, numbers))
        assert tracker.alarms == []
