from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.missing_zero_grad import MissingZeroGrad
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"missing-zero-grad": MissingZeroGrad(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def sums(seed: int, cosine: float, growth: float, rise: float) -> list[Observation]:
    chance = random.Random(seed)
    found = []
    for i in range(1, 41):
        numbers = {"gradient_cosine": min(1.0, cosine + chance.gauss(0, 0.002)), "gradient_norm": 1 + growth * i}
        found.append(Observation(i, {**numbers, "loss": 1 + rise * i + chance.gauss(0, 0.01)}))
    return found


def faulty(seed: int) -> list[Observation]:
    return sums(seed, 0.995, 0.3, 0.05)


@pytest.mark.parametrize("seed", range(4))
def test_sums_of_gradients_are_found(seed: int) -> None:
    (alarm,) = alarms(faulty(seed))
    assert alarm.step <= 12


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("healthy", [(0.3, 0.3, 0.05), (0.995, -0.02, 0.05), (0.995, 0.3, -0.02)])
def test_noise_falling_gradients_and_a_large_batch_that_learns_are_healthy(
    seed: int, healthy: tuple[float, float, float]
) -> None:
    assert not alarms(sums(seed, *healthy))


def test_the_small_gradient_of_a_training_that_is_nearly_done_may_keep_its_direction_and_grow() -> None:
    begun = [Observation(i, {"gradient_cosine": 0.2, "gradient_norm": 1.0, "loss": 1.0}) for i in range(1, 11)]
    done = [Observation(s.step + 10, {**s.numbers, "gradient_norm": s.get("gradient_norm") / 50}) for s in faulty(0)]
    assert not alarms(begun + done)
    assert alarms(begun + [Observation(s.step + 10, s.numbers) for s in faulty(0)])


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [Observation(i, {"gradient_cosine": bad, "gradient_norm": bad, "loss": bad}) for i in range(1, 40)]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = MissingZeroGrad(), MissingZeroGrad()
    one.start()
    other.start()
    for observation in seen[:14]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[14:]] == [other.update(o) for o in seen[14:]]


@pytest.mark.parametrize("parameters", [{"cosine": 1}, {"window": 1}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        MissingZeroGrad(**parameters)  # type: ignore[arg-type]
