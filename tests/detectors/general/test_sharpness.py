from __future__ import annotations

import math

import numpy as np
import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.sharpness import Sharpness
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.errors import BadParameter


def steps_of_alarms(sharpness: list[float], rates: list[float]) -> list[int]:
    tracker = AlarmTracker({"sharpness": Sharpness()})
    for step, (value, rate) in enumerate(zip(sharpness, rates, strict=True), start=1):
        tracker.update(Observation(step, {"sharpness": value, "learning_rate": rate}))
    return [alarm.step for alarm in tracker.alarms]


@pytest.mark.parametrize("seed", range(5))
def test_the_edge_of_stability_and_a_warm_up_are_silent(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    edge = 20 * np.exp(drawn.normal(0, 0.4, 200))
    assert steps_of_alarms(edge.tolist(), [0.1] * 200) == []
    assert steps_of_alarms([4000.0, *edge[1:]], np.minimum(0.1, 0.001 * np.arange(1, 201)).tolist()) == []


def test_a_rate_far_beyond_the_edge_is_named() -> None:
    assert steps_of_alarms([10.0, 20.0, 400.0, 500.0, 450.0], [0.1] * 5) == [4]


def test_the_last_rate_counts_where_none_is_measured_and_survives_a_checkpoint() -> None:
    watch, later = Sharpness(), Sharpness()
    for each in (watch, later):
        each.start()
    assert watch.update(Observation(1, {"sharpness": 50.0})) is None
    assert watch.update(Observation(2, {"learning_rate": 0.5})) is None
    restore(later, remembered(watch))
    found = [each.update(Observation(3, {"sharpness": 50.0, "learning_rate": math.nan})) for each in (watch, later)]
    assert found[0] == found[1]
    assert found[0] is not None
    assert found[0].is_suspicious
    with pytest.raises(BadParameter, match="edge"):
        Sharpness(most=2)
