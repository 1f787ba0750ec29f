from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.saturated_units import SaturatedUnits
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"saturated-units": SaturatedUnits(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def shares(seed: int, share: float) -> list[Observation]:
    chance = random.Random(seed)
    values = [
        {f"relu{k}": min(1.0, max(0.0, share * k / 2 + chance.gauss(0, 0.03))) for k in range(3)} for _ in range(40)
    ]
    return [Observation(i, layers={"saturated_units": v}) for i, v in enumerate(values, 1)]


def faulty(seed: int) -> list[Observation]:
    return shares(seed, 0.9)


@pytest.mark.parametrize("seed", range(4))
def test_the_layer_is_named(seed: int) -> None:
    (alarm,) = alarms(faulty(seed))
    assert (alarm.step, alarm.where) == (3, "relu2")


@pytest.mark.parametrize("seed", range(4))
def test_a_share_as_in_healthy_trainings_is_healthy(seed: int) -> None:
    assert not alarms(shares(seed, 0.25))


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [
            Observation(i, layers={"saturated_units": {"a": bad, "b": 1.0, "c": bad, "d": bad, "e": bad}})
            for i in range(1, 40)
        ]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = SaturatedUnits(), SaturatedUnits()
    one.start()
    other.start()
    for observation in seen[:5]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[5:]] == [other.update(o) for o in seen[5:]]


@pytest.mark.parametrize("parameters", [{"share": 0}, {"share": 1}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        SaturatedUnits(**parameters)  # type: ignore[arg-type]
