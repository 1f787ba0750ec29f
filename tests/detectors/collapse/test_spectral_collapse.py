from __future__ import annotations

import math
import random

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.collapse.spectral_collapse import SpectralCollapse
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def alarms(seen: list[Observation], **parameters: float) -> list[Alarm]:
    tracker = AlarmTracker({"spectral-collapse": SpectralCollapse(**parameters)})  # type: ignore[arg-type]
    for observation in seen:
        tracker.update(observation)
    assert not tracker.failed
    return tracker.alarms


def spectra(seed: int, end: float) -> list[Observation]:
    chance = random.Random(seed)
    values = [0.7 * (1 + (end - 1) * max(0, i - 20) / 20) + chance.gauss(0, 0.01) for i in range(40)]
    return [Observation(10 * i, layers={"spectrum": {"0": 0.8, "2": v}}) for i, v in enumerate(values, 1)]


def faulty(seed: int) -> list[Observation]:
    return spectra(seed, 0.2)


@pytest.mark.parametrize("seed", range(4))
def test_a_fall_below_half_of_the_best_is_found(seed: int) -> None:
    (alarm,) = alarms(faulty(seed))
    assert 300 < alarm.step <= 370
    assert alarm.where == "2"


@pytest.mark.parametrize("seed", range(4))
def test_the_slow_decline_of_a_healthy_training_is_healthy(seed: int) -> None:
    assert not alarms(spectra(seed, 0.8))


def test_numbers_that_are_none_do_no_harm() -> None:
    for bad in (math.nan, math.inf, -math.inf, 0.0):
        seen = [Observation(i, layers={"spectrum": {"a": bad}}) for i in range(1, 40)]
        assert not [alarm for alarm in alarms(seen) if not math.isfinite(alarm.threshold)]
    alarms([Observation(1), Observation(1), Observation(0)])


def test_a_restored_detector_goes_on_as_if_nothing_had_happened() -> None:
    seen = faulty(1)
    one, other = SpectralCollapse(), SpectralCollapse()
    one.start()
    other.start()
    for observation in seen[:25]:
        one.update(observation)
    restore(other, remembered(one))
    assert [one.update(o) for o in seen[25:]] == [other.update(o) for o in seen[25:]]


@pytest.mark.parametrize("parameters", [{"ratio": 0}, {"ratio": 1}])
def test_impossible_parameters_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(BadParameter):
        SpectralCollapse(**parameters)  # type: ignore[arg-type]
