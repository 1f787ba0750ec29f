from __future__ import annotations

import math

import numpy as np
import pytest

from gancheck.detectors.adversarial.duality_gap import DualityGap
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def steps_of_alarms(gaps: list[float]) -> list[int]:
    tracker = AlarmTracker({"duality-gap": DualityGap()})
    for step, gap in enumerate(gaps, start=1):
        tracker.update(Observation(step, {"duality_gap": gap}))
    return [alarm.step for alarm in tracker.alarms]


def healthy(seed: int, count: int = 300, memory: float = 0.5) -> list[float]:
    """A gap that falls from a noisy start to a floor with noise that has memory."""
    drawn = np.random.default_rng(seed)
    noise = np.zeros(count)
    for i in range(1, count):
        noise[i] = memory * noise[i - 1] + drawn.normal(0, 0.15)
    return ((0.025 + 0.2 * np.exp(-np.arange(count) / 20)) * np.exp(noise)).tolist()


@pytest.mark.parametrize("seed", range(10))
def test_a_gap_that_falls_and_rests_is_silent(seed: int) -> None:
    assert steps_of_alarms(healthy(seed)) == []
    assert steps_of_alarms([1e-9 * v for v in healthy(seed)]) == []


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("times", [5, 8])
def test_a_gap_that_rises_well_above_its_best_is_named(seed: int, times: float) -> None:
    gaps = healthy(seed)
    found = steps_of_alarms([*gaps[:150], *(times * gap for gap in gaps[150:])])
    assert len(found) == 1
    assert 150 < found[0] <= 150 + 18


def test_one_outlier_is_silent() -> None:
    gaps = healthy(0)
    gaps[200] = 5.0
    assert steps_of_alarms(gaps) == []


def test_missing_and_bad_values_are_passed_over_and_a_checkpoint_changes_nothing() -> None:
    gaps = healthy(1, 80)
    watch, later = DualityGap(), DualityGap()
    for each in (watch, later):
        each.start()
    for step, gap in enumerate(gaps[:40], start=1):
        watch.update(Observation(step, {"duality_gap": gap}))
        assert watch.update(Observation(step, {"duality_gap": math.nan})) is None
        assert watch.update(Observation(step)) is None
    restore(later, remembered(watch))
    rest = [Observation(step, {"duality_gap": gap}) for step, gap in enumerate(gaps[40:], start=41)]
    assert [watch.update(seen) for seen in rest] == [later.update(seen) for seen in rest]
    with pytest.raises(BadParameter, match="block"):
        DualityGap(block=0)
