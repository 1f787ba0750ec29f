from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.plateau import Plateau
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


def watched(
    curve: Callable[[int], float], steps: int = 1000, rate: Callable[[int], float] | None = None
) -> list[Alarm]:
    tracker, draw = AlarmTracker({"plateau": Plateau()}), random.Random(3)
    for t in range(1, steps + 1):
        rates = {"learning_rate": rate(t)} if rate else {}
        tracker.update(Observation(t, {"loss": curve(t) + 0.02 * draw.gauss(0, 1), **rates}))
    return tracker.alarms


def test_a_converged_loss_is_a_notice_that_says_whether_more_steps_pay() -> None:
    (alarm,) = watched(lambda t: 0.3 + 2 * math.exp(-t / 40))
    assert (alarm.severity, alarm.recovered) == ("notice", None)
    assert alarm.step <= 700
    assert alarm.evidence.startswith("converged: loss fell from")
    assert "a tenth of the loss takes" in alarm.evidence or "more steps promise nothing" in alarm.evidence


def test_a_loss_below_zero_may_converge_too() -> None:
    assert len(watched(lambda t: -5 - 2 * (1 - math.exp(-t / 40)))) == 1


def test_a_loss_that_falls_is_none() -> None:
    assert watched(lambda t: 2.3 * (1 - t / 1100)) == []
    assert watched(lambda t: 2.3 / (1 + t / 50)) == []
    assert watched(lambda t: 10 - t / 100) == []


def test_a_loss_that_never_fell_is_stuck_and_so_none() -> None:
    assert watched(lambda t: 2.3) == []


def test_a_loss_that_falls_again_ends_it() -> None:
    alarms = watched(lambda t: 0.5 + 2 * math.exp(-t / 40) if t < 1000 else 0.5 * math.exp(-(t - 1000) / 400), 2500)
    assert [alarm.recovered is not None for alarm in alarms] == [True]


def test_a_rising_rate_is_waited_for() -> None:
    assert watched(lambda t: 1.0 if t > 5 else 3.0, rate=lambda t: t / 1000) == []
    assert watched(lambda t: 1.0 if t > 5 else 3.0, rate=lambda t: 1.0 - 0.5 * (t % 300) / 300) == []


def test_impossible_parameters_are_refused() -> None:
    with pytest.raises(BadParameter, match="tau"):
        Plateau(tau=1.0)
    with pytest.raises(BadParameter, match="blocks"):
        Plateau(blocks=3)
