from __future__ import annotations

import math

import pytest

from gancheck.detectors.base import Alarm
from gancheck.detectors.general.nonfinite import NonFinite
from gancheck.detectors.replay import replay


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["discriminator_loss", "generator_loss", "generator_gradient"])
def test_the_first_bad_value_raises_and_is_named(name: str, bad: float) -> None:
    trace = {"discriminator_loss": [1.0] * 9, "generator_loss": [1.0] * 9, "generator_gradient": [1.0] * 9}
    trace[name] = [1.0] * 6 + [bad] * 3
    assert replay({"nonfinite": NonFinite()}, trace) == [Alarm("nonfinite", 7, 1.0, f"{name} not finite")]


def test_all_bad_signals_of_a_step_are_named() -> None:
    alarm = replay({"nonfinite": NonFinite()}, {"discriminator_loss": [math.nan], "generator_loss": [math.inf]})[0]
    assert alarm.evidence == "discriminator_loss, generator_loss not finite"


def test_large_and_negative_losses_are_numbers_too() -> None:
    assert replay({"nonfinite": NonFinite()}, {"generator_loss": [1e30, -1e30, 0.0, -5.0]}) == []


def test_a_signal_that_is_measured_now_and_then_is_not_missed_in_between() -> None:
    trace = {"generator_loss": [1.0] * 4, "diversity": [math.nan, 0.5, math.nan, 0.5]}
    assert replay({"nonfinite": NonFinite()}, trace) == []
    assert replay({"nonfinite": NonFinite()}, {**trace, "diversity": [math.nan, math.inf, math.nan, 0.5]})[0].step == 2
