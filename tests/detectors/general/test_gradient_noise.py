from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.gradient_noise import GradientNoise
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"gradient-noise": GradientNoise(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def pairs(seed: int, cosines: list[float]) -> list[Observation]:
    chance, found = random.Random(seed), []
    for i, cosine in enumerate(cosines, 1):
        seen = cosine + chance.gauss(0, 0.03)
        numbers = {"gradient_cosine": seen, "gradient_noise": 1 / seen - 1 if seen > 0 else 1e6}
        found.append(Observation(i, numbers))
    return found


def faulty(seed: int) -> list[Observation]:
    return pairs(seed, [0.0] * 80)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_but_noise_is_found_after_two_windows(seed: int) -> None:
    (alarm,) = alarms(faulty(seed))
    assert 40 < alarm.step <= 60


@pytest.mark.parametrize("seed", range(4))
def test_signal_at_the_start_is_healthy_whatever_comes_later(seed: int) -> None:
    assert not alarms(pairs(seed, [0.4] * 30 + [0.0] * 200))


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [Observation(i, {"gradient_cosine": bad, "gradient_noise": bad}) for i in range(1, 40)]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = GradientNoise(), GradientNoise()
    one.start()
    other.start()
    for observation in seen[:45]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[45:]] == [other.update(o) for o in seen[45:]]


@pytest.mark.parametrize("parameters", [{"noise": 0}, {"window": 1}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        GradientNoise(**parameters)  # type: ignore[arg-type]
