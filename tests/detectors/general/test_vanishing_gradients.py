from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.vanishing_gradients import VanishingGradients
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"vanishing-gradients": VanishingGradients(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def layers(seed: int, decades: float, scale: float = 1.0, count: int = 9) -> list[Observation]:
    chance, found, noise = random.Random(seed), [], 0.0
    for i in range(1, 60):
        noise = 0.8 * noise + chance.gauss(0, 0.2)
        values = {
            f"l{k}": scale * 10 ** (decades * k / (count - 1) + noise + chance.gauss(0, 0.2)) for k in range(count)
        }
        found.append(Observation(i, layers={"layer_gradient": values}))
    return found


def faulty(seed: int) -> list[Observation]:
    return layers(seed, 8.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_sigmoid_stack_is_found_at_the_third_check(seed: int) -> None:
    (alarm,) = alarms(faulty(seed))
    assert alarm.step == 3
    assert alarm.where == "l0"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("scale", [1.0, 1e-9])
def test_small_gradients_everywhere_and_some_loss_over_depth_are_healthy(seed: int, scale: float) -> None:
    assert not alarms(layers(seed, 1.0, scale))


def test_an_embedding_with_few_used_rows_is_healthy() -> None:
    values = {"embedding": 1e-7, "norm": 1.0, "linear": 0.1, "head": 0.5}
    assert not alarms([Observation(i, layers={"layer_gradient": values}) for i in range(1, 20)])


def test_a_branch_that_starts_at_zero_is_healthy() -> None:
    first = Observation(1, layers={"layer_gradient": {"a": 0.0, "b": 0.0, "c": 0.0, "d": 1.0, "e": 1.0}})
    assert not alarms([first, *layers(0, 0.5)])


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [
            Observation(i, layers={"layer_gradient": {"a": bad, "b": 1.0, "c": bad, "d": bad, "e": bad}})
            for i in range(1, 40)
        ]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = VanishingGradients(), VanishingGradients()
    one.start()
    other.start()
    for observation in seen[:5]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[5:]] == [other.update(o) for o in seen[5:]]


@pytest.mark.parametrize("parameters", [{"decades": 0}, {"decades": math.nan}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        VanishingGradients(**parameters)  # type: ignore[arg-type]
