from __future__ import annotations

import math

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.frozen_parameter import FrozenParameter
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"frozen-parameter": FrozenParameter(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def moves(marks: list[float], ratio: float = 1e-3, rate: float = 0.1) -> list[Observation]:
    rows = [{"unmoved": {"a": 0.0, "b": mark}, "update_ratio": {"a": ratio, "b": ratio * (1 - mark)}} for mark in marks]
    return [Observation(i, {"learning_rate": rate}, row) for i, row in enumerate(rows, 1)]


def faulty(seed: int) -> list[Observation]:
    return moves([0.0] * seed + [1.0] * 12)


def test_a_layer_that_never_moves_is_found_at_the_third_check() -> None:
    (alarm,) = alarms(faulty(0))
    assert (alarm.step, alarm.where) == (3, "b")


def test_a_layer_that_stops_later_is_found_and_its_return_ends_the_alarm() -> None:
    (alarm,) = alarms(moves([0.0] * 5 + [1.0] * 6 + [0.0] * 3))
    assert (alarm.step, alarm.recovered) == (8, 12)


def test_a_check_now_and_then_is_healthy() -> None:
    assert not alarms(moves([1.0, 1.0, 0.0] * 9))


def test_steps_below_rounding_are_the_end_of_a_schedule() -> None:
    assert not alarms(moves([1.0] * 9, ratio=1e-8))


def test_nothing_moves_at_all() -> None:
    still = {"unmoved": {"a": 1.0, "b": 1.0}, "update_ratio": {"a": 0.0, "b": 0.0}}
    assert alarms([Observation(i, {"learning_rate": 0.1}, still) for i in range(1, 9)])[0].step == 3
    decayed = [Observation(i, {"learning_rate": 1e-6}, still) for i in range(10, 19)]
    assert not alarms([*moves([0.0] * 9), *decayed])


def at_rest(gradient: float, moved: bool) -> list[Observation]:
    """Layers that move at first, if they ever do, and then stand still with a gradient of this size."""
    first = {
        "unmoved": {"a": 0.0},
        "update_ratio": {"a": 1e-3},
        "layer_gradient": {"a": 1.0},
        "layer_weight": {"a": 1.0},
    }
    then = {**first, "unmoved": {"a": 1.0}, "update_ratio": {"a": 0.0}, "layer_gradient": {"a": gradient}}
    return [Observation(i, {"learning_rate": 0.1}, row) for i, row in enumerate([first] * 3 * moved + [then] * 9, 1)]


def test_a_training_that_has_converged_is_silent() -> None:
    assert not alarms(at_rest(1e-4, moved=True))
    assert not alarms(at_rest(1e-6, moved=False))  # before the first check, as a line search does
    assert not alarms(at_rest(5e-5, moved=False))  # of LBFGS, whose steps are lost in rounding


def test_weights_that_stand_still_under_a_large_gradient_were_replaced_or_never_given() -> None:
    for moved in (True, False):
        (alarm,) = alarms(at_rest(0.1, moved=moved))
        assert alarm.where == "a"


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [
            Observation(i, {"learning_rate": bad}, {"unmoved": {"a": 0.0}, "update_ratio": {"a": bad}})
            for i in range(1, 40)
        ]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = FrozenParameter(), FrozenParameter()
    one.start()
    other.start()
    for observation in seen[:5]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[5:]] == [other.update(o) for o in seen[5:]]


@pytest.mark.parametrize("parameters", [{"checks": 0}, {"checks": -1}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        FrozenParameter(**parameters)  # type: ignore[arg-type]


def test_a_layer_that_was_frozen_on_purpose_ends_the_alarm() -> None:
    row = {"unmoved": {"a": 0.0}, "update_ratio": {"a": 1e-3}}
    (alarm,) = alarms([*faulty(0), *(Observation(i, {"learning_rate": 0.1}, row) for i in range(13, 16))])
    assert alarm.recovered == 13
