from __future__ import annotations

import math

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.general.poor_initialisation import PoorInitialisation
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"poor-initialisation": PoorInitialisation(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def first(rank: float = 0.8, growth: float = 1.0, loss: float = 2.3) -> list[Observation]:
    spreads = {f"l{k}": growth ** (k / 5) for k in range(6)}
    ranks = {f"l{k}": rank for k in range(3)}
    layers = [{"activation_spread": spreads, "effective_rank": ranks}, *[{"activation_spread": spreads}] * 9]
    return [Observation(i, {"loss": loss, "initial_loss": 2.303}, own) for i, own in enumerate(layers, 1)]


def faulty(seed: int) -> list[Observation]:
    return first(rank=0.02 * seed)


@pytest.mark.parametrize("parameters", [{"rank": 0.02}, {"rank": 0.0}, {"growth": 1e3}, {"loss": 40.0}])
def test_every_kind_of_poor_start_is_found_at_the_second_check(parameters: dict[str, float]) -> None:
    (alarm,) = alarms(first(**parameters))
    assert alarm.step == 2


@pytest.mark.parametrize("parameters", [{}, {"growth": 3.0}, {"loss": 2.9}, {"rank": 0.3}, {"growth": 0.01}])
def test_usual_starts_are_healthy(parameters: dict[str, float]) -> None:
    assert not alarms(first(**parameters))


def test_a_matrix_of_zeros_among_others_is_healthy() -> None:
    seen = [Observation(i, layers={"effective_rank": {"lora_a": 0.9, "lora_b": 0.0}}) for i in (1, 2, 3)]
    assert not alarms(seen)


def test_later_checks_say_nothing() -> None:
    assert not alarms([*first(), *faulty(1)])


def test_a_negative_loss_is_not_judged() -> None:
    assert not alarms(
        [Observation(i, {"loss": -50.0, "initial_loss": 2.3}, {"effective_rank": {"a": 0.8}}) for i in (1, 2, 3)]
    )


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [
            Observation(
                i, {"loss": bad, "initial_loss": bad}, {"effective_rank": {"a": bad}, "activation_spread": {"a": bad}}
            )
            for i in range(1, 40)
        ]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = PoorInitialisation(), PoorInitialisation()
    one.start()
    other.start()
    for observation in seen[:1]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[1:]] == [other.update(o) for o in seen[1:]]


@pytest.mark.parametrize("parameters", [{"rank": 0}, {"growth": 1}, {"checks": 1}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        PoorInitialisation(**parameters)  # type: ignore[arg-type]
