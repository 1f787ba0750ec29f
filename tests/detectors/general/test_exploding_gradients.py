from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.exploding_gradients import ExplodingGradients
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"exploding-gradients": ExplodingGradients(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def norms(seed: int, growth: float, rises: float = 0.0) -> list[Observation]:
    chance, found, noise = random.Random(seed), [], 0.0
    for i in range(1, 60):
        noise = 0.8 * noise + chance.gauss(0, 0.2)
        since = max(0, i - 30)
        numbers = {"gradient_norm": math.exp(noise + growth * since), "loss": 1 + noise / 9 + rises * since}
        found.append(Observation(i, numbers))
    return found


def faulty(seed: int) -> list[Observation]:
    return norms(seed, 0.7, 0.1)


@pytest.mark.parametrize("seed", range(4))
def test_growth_with_a_rising_loss_is_found(seed: int) -> None:
    (alarm,) = alarms(faulty(seed))
    assert 31 < alarm.step < 43


@pytest.mark.parametrize("seed", range(4))
def test_noise_and_leaving_a_plateau_are_healthy(seed: int) -> None:
    assert not alarms(norms(seed, 0.0))
    assert not alarms(norms(seed, 0.15, -0.02))


def test_bursts_are_healthy_where_they_pass() -> None:
    seen = [Observation(i, {"gradient_norm": 1e4 if i % 20 == 0 else 1.0, "loss": 1.0}) for i in range(1, 100)]
    assert not alarms(seen)


def test_growth_towards_the_input_is_found() -> None:
    values = {f"l{k}": 10.0 ** (5 - k) for k in range(6)}
    assert alarms([Observation(i, layers={"layer_gradient": values}) for i in range(1, 4)])[0].where == "l0"


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [
            Observation(
                i, {"gradient_norm": bad, "loss": bad}, {"layer_gradient": {"a": bad, "b": 1.0, "c": bad, "d": bad}}
            )
            for i in range(1, 40)
        ]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = ExplodingGradients(), ExplodingGradients()
    one.start()
    other.start()
    for observation in seen[:35]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[35:]] == [other.update(o) for o in seen[35:]]


@pytest.mark.parametrize("parameters", [{"decades": 0}, {"window": 3}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        ExplodingGradients(**parameters)  # type: ignore[arg-type]


def test_gradients_of_zero_are_no_size_to_compare_with() -> None:
    dead = [Observation(i, {"gradient_norm": 0.0, "loss": 1.0}) for i in range(1, 31)]
    alive = [Observation(i, {"gradient_norm": 0.1, "loss": 1.1}) for i in range(31, 60)]
    assert not alarms([*dead, *alive])
    assert not alarms([*alive, *dead])
