from __future__ import annotations

import math

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.nonfinite import NonFinite
from gancheck.detectors.replay import observations, replay


def test_steps_are_counted_from_one() -> None:
    seen = list(observations({"loss": [3.0, 2.0], "diversity": [math.nan, 0.9]}))
    assert [(s.step, dict(s.numbers)) for s in seen] == [(1, {"loss": 3.0}), (2, {"loss": 2.0, "diversity": 0.9})]


@pytest.mark.parametrize("name", ["loss", "generator_loss", "discriminator_gradient"])
def test_a_training_loss_or_gradient_that_is_nan_is_news(name: str) -> None:
    assert replay(AlarmTracker({"nonfinite": NonFinite()}), observations({name: [1.0, math.nan]})).alarms[0].step == 2


@pytest.mark.parametrize("name", ["val_loss", "diversity", "real_logit", "accuracy"])
def test_what_is_measured_now_and_then_was_not_measured_where_it_is_nan(name: str) -> None:
    assert replay(AlarmTracker({"nonfinite": NonFinite()}), observations({name: [1.0, math.nan]})).alarms == []


def test_signals_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        list(observations({"loss": [1.0], "diversity": []}))
