from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.unsuited_activation import UnsuitedActivation
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"unsuited-activation": UnsuitedActivation(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def spreads(seed: int, factor: float, count: int = 10) -> list[Observation]:
    chance = random.Random(seed)
    values = [{f"l{k}": factor**k * math.exp(chance.gauss(0, 0.2)) for k in range(count)} for _ in range(20)]
    return [Observation(i, layers={"activation_spread": v}) for i, v in enumerate(values, 1)]


def faulty(seed: int) -> list[Observation]:
    return spreads(seed, 0.13)


@pytest.mark.parametrize("seed", range(4))
def test_a_deep_sigmoid_stack_is_found_at_the_second_check(seed: int) -> None:
    (alarm,) = alarms(faulty(seed))
    assert (alarm.step, alarm.where) == (2, "l9")


@pytest.mark.parametrize("seed", range(4))
def test_pytorchs_default_start_and_shallow_models_are_healthy(seed: int) -> None:
    assert not alarms(spreads(seed, 0.42))
    assert not alarms(spreads(seed, 0.1, count=4))


def test_dead_units_are_another_story() -> None:
    seen = [Observation(o.step, layers={**o.layers, "dead_units": {"relu": 1.0}}) for o in faulty(0)]
    assert not alarms(seen)


def test_only_the_start_is_judged() -> None:
    assert not alarms([*spreads(0, 0.9)[:6], *faulty(0)])


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [
            Observation(i, layers={"activation_spread": {"a": bad, "b": 1.0, "c": bad, "d": bad, "e": bad}})
            for i in range(1, 40)
        ]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = UnsuitedActivation(), UnsuitedActivation()
    one.start()
    other.start()
    for observation in seen[:1]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[1:]] == [other.update(o) for o in seen[1:]]


@pytest.mark.parametrize("parameters", [{"slope": 0}, {"checks": 1}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        UnsuitedActivation(**parameters)  # type: ignore[arg-type]
