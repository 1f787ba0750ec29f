from __future__ import annotations

import math

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.detached_graph import DetachedGraph
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"detached-graph": DetachedGraph(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def marks(values: list[float]) -> list[Observation]:
    return [Observation(i, layers={"no_gradient": {"body": v, "head": 0.0}}) for i, v in enumerate(values, 1)]


def faulty(seed: int) -> list[Observation]:
    return marks([0.0] * seed + [1.0] * 12)


def test_a_layer_that_the_loss_never_reaches_is_found_at_the_third_check() -> None:
    (alarm,) = alarms(marks([1.0] * 9))
    assert (alarm.step, alarm.where) == (3, "body")


def test_a_layer_that_had_a_gradient_is_given_twice_the_time() -> None:
    assert alarms(marks([0.0] * 4 + [1.0] * 9))[0].step == 9


def test_a_layer_that_is_used_now_and_then_is_healthy() -> None:
    assert not alarms(marks([0.0, 1.0, 1.0] * 9))


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [Observation(i, layers={"no_gradient": {"a": 0.0, "b": bad if bad < 1 else 0.0}}) for i in range(1, 40)]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = DetachedGraph(), DetachedGraph()
    one.start()
    other.start()
    for observation in seen[:5]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[5:]] == [other.update(o) for o in seen[5:]]


@pytest.mark.parametrize("parameters", [{"checks": 0}, {"checks": -3}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        DetachedGraph(**parameters)  # type: ignore[arg-type]


def test_a_layer_that_was_frozen_ends_the_alarm() -> None:
    frozen = [Observation(i, layers={"no_gradient": {"head": 0.0}}) for i in range(7, 10)]
    (alarm,) = alarms([*marks([1.0] * 6), *frozen])
    assert alarm.recovered == 7
