from __future__ import annotations

import math

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.nonfinite import NonFinite
from gancheck.detectors.observation import Observation
from gancheck.detectors.replay import observations, replay


def alarms(trace: dict[str, list[float]]) -> list[Alarm]:
    return replay(AlarmTracker({"nonfinite": NonFinite()}), observations(trace)).alarms


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["loss", "discriminator_loss", "generator_loss", "generator_gradient"])
def test_the_first_bad_value_raises_and_is_named(name: str, bad: float) -> None:
    trace = {"loss": [1.0] * 9, "discriminator_loss": [1.0] * 9, "generator_loss": [1.0] * 9}
    (alarm,) = alarms({**trace, name: [1.0] * 6 + [bad] * 3})
    assert (alarm.step, alarm.severity, alarm.evidence) == (7, "fatal", f"{name} is not finite")


def test_all_bad_signals_of_a_step_are_counted() -> None:
    (alarm,) = alarms({"discriminator_loss": [math.nan], "generator_loss": [math.inf]})
    assert alarm.evidence == "discriminator_loss is not finite, and 1 more"
    assert alarm.statistic == 2


def test_large_and_negative_losses_are_numbers_too() -> None:
    assert alarms({"generator_loss": [1e30, -1e30, 0.0, -5.0]}) == []


def test_a_signal_that_is_measured_now_and_then_is_not_missed_in_between() -> None:
    trace = {"generator_loss": [1.0] * 4, "real_logit": [math.nan, 0.5, math.nan, 0.5]}
    assert alarms(trace) == []
    assert alarms({**trace, "real_logit": [math.nan, math.inf, math.nan, 0.5]})[0].step == 2


def test_a_layer_is_named() -> None:
    reading = NonFinite().update(Observation(1, {}, {"layer_gradient": {"0": 1.0, "2": math.nan}}))
    assert reading is not None
    assert reading.evidence == "layer_gradient of 2 is not finite"


def test_a_loss_that_was_skipped_for_a_while_ends_the_alarm() -> None:
    assert alarms({"loss": [1.0, math.nan, 1.0, 1.0]})[0].recovered == 3


def test_a_weight_that_is_measured_now_and_then_is_one_alarm_until_it_is_finite_again() -> None:
    tracker = AlarmTracker({"nonfinite": NonFinite()})
    for t in range(1, 61):
        bad = math.nan if t <= 40 else 1.0
        tracker.update(Observation(t, {"loss": 1.0}, {"layer_weight": {"0": bad, "1": 1.0}} if t % 10 == 0 else {}))
    assert [(alarm.step, alarm.recovered) for alarm in tracker.alarms] == [(10, 50)]


def test_a_layer_that_is_measured_no_more_ends_the_alarm() -> None:
    tracker = AlarmTracker({"nonfinite": NonFinite()})
    for t, layers in enumerate([{"0": math.nan, "1": 1.0}, {}, {"1": 1.0}], start=1):
        tracker.update(Observation(t, {"loss": 1.0}, {"layer_weight": layers} if layers else {}))
    assert [(alarm.step, alarm.recovered) for alarm in tracker.alarms] == [(1, 3)]


@pytest.mark.parametrize("name", ["metric_auc", "accuracy", "mode_shares", "gradient_noise", "game_rotation"])
def test_a_score_or_ratio_that_is_not_defined_is_no_fault_of_the_training(name: str) -> None:
    assert NonFinite().update(Observation(1, {name: math.nan})) is None
