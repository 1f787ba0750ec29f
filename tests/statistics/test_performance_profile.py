"""Profiles by counting, and their bands by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from gancheck.errors import BadData
from gancheck.statistics.performance_profile import performance_profile

THRESHOLDS = np.linspace(0, 1, 11)


def test_share_counts_runs_at_or_above_the_threshold() -> None:
    found = performance_profile([np.array([0.1, 0.5, 0.5, 0.9])], np.array([0.0, 0.5, 0.51, 1.0]))
    assert found.share.tolist() == [1, 0.75, 0.25, 0]
    assert (found.low <= found.share).all()
    assert (found.share <= found.high).all()


def test_thirds_that_miss_by_rounding_are_reached() -> None:
    assert performance_profile([np.array([0.1 + 0.2, 0.3])], np.array([0.3])).share.tolist() == [1]
    assert performance_profile([np.array([0.3])], np.array([0.1 + 0.2])).share.tolist() == [1]


def test_tasks_count_alike_however_many_seeds_they_have() -> None:
    assert performance_profile([np.zeros(9), np.ones(1)], np.array([0.5])).share.tolist() == [0.5]


def test_area_under_the_profile_is_the_mean() -> None:
    values = np.random.default_rng(0).uniform(0, 1, (3, 50))
    fine = np.linspace(0, 1, 10_001)
    assert np.trapezoid(performance_profile(values, fine).share, fine) == pytest.approx(values.mean(), abs=1e-3)


def test_pointwise_band_holds_the_truth_in_about_95_of_100() -> None:
    rng = np.random.default_rng(1)
    tasks = ((2.0, 5.0), (5.0, 2.0), (1.0, 1.0), (3.0, 3.0))
    truth = performance_profile([rng.beta(a, b, 50_000) for a, b in tasks], THRESHOLDS).share
    found = [performance_profile([rng.beta(a, b, 5) for a, b in tasks], THRESHOLDS) for _ in range(400)]
    inside = np.mean([(f.low <= truth) & (truth <= f.high) for f in found], axis=0)
    assert inside.min() >= 0.93


@pytest.mark.parametrize("values", [[], [np.array([])], [np.array([np.nan])]])
def test_nothing_or_no_number_is_refused(values: list[np.ndarray]) -> None:
    with pytest.raises(BadData, match="at least one"):
        performance_profile(values, THRESHOLDS)
