"""The scale on which detectors are compared."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.detectors.auroc import auroc, interval
from benchmarks.detectors.calibration import Scale, calibrate, first_crossing, level_at, score


def test_more_unusual_is_higher_and_the_unit_of_a_detector_does_not_matter():
    healthy = [{"a": -3.0 + i / 10, "b": 1_000 * (-3.0 + i / 10)} for i in range(20)]
    scales = calibrate(healthy)
    levels = [scales["a"].level(excess) for excess in (-9.0, -2.5, -1.2, -0.5, 0.5, 5.0, math.inf)]
    assert levels == sorted(levels)
    assert scales["b"].level(-1_200.0) == pytest.approx(scales["a"].level(-1.2))


def test_a_detector_that_always_says_the_same_counts_nothing():
    scale = Scale((0.0,) * 20)
    assert scale.level(0.0) == 0
    assert scale.level(1.0) > 1


def test_what_nobody_calibrated_counts_from_its_threshold():
    assert score({"new": -1.0}, {}) == 0
    assert score({"new": 1.0}, {}) > 0
    assert score({}, {}) == 0


def test_the_first_crossing_is_by_any_detector():
    scales = {"a": Scale((-1.0, -0.5)), "b": Scale((-1.0, -0.5))}
    rises = [(10, "a", -0.7), (20, "b", 3.0), (30, "a", 9.0)]
    assert first_crossing(rises, scales, 0.4) == 20
    assert first_crossing(rises, scales, 99.0) is None


def test_the_level_keeps_the_rate():
    scores = [float(i) for i in range(100)]
    assert sum(s > level_at(scores, 0.05) for s in scores) == 5


def test_auroc_is_the_probability_of_the_right_order_with_ties_as_half():
    positive = np.array([True, True, False, False])
    assert auroc(np.array([2.0, 1.0, 1.0, 0.0]), positive) == pytest.approx(0.875)
    low, high = interval(np.array([2.0, 1.0, 1.0, 0.0]), positive, ["p", "q", "p", "q"])
    assert low <= 0.875 <= high
    assert math.isnan(auroc(np.zeros(2), np.array([True, True])))
