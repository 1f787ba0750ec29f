"""The bootstrap beside scipy's, and where it has no bounds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gancheck.errors import BadData
from gancheck.statistics.stratified_bootstrap import mean_over_tasks, stratified_bootstrap


def test_one_task_gives_scipys_percentile_interval() -> None:
    values = np.random.default_rng(0).normal(size=30)
    ours = stratified_bootstrap([values], mean_over_tasks, np.random.default_rng(1), draws=20_000)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=20_000, rng=2).confidence_interval
    assert ours.mean == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_seeds_are_drawn_within_their_own_task() -> None:
    """Tasks that differ and do not vary leave nothing to draw: the interval is the point."""
    found = stratified_bootstrap([np.zeros(5), np.ones(7)], mean_over_tasks, np.random.default_rng(0))
    assert found == (0.5, 0.5, 0.5)


def test_a_single_seed_has_no_bounds() -> None:
    found = stratified_bootstrap([np.ones(1), np.zeros(5)], mean_over_tasks, np.random.default_rng(0))
    assert found == (0.5, None, None)


def test_the_same_generator_gives_the_same_bounds() -> None:
    values = np.random.default_rng(3).normal(size=(2, 5))
    twice = [stratified_bootstrap(values, mean_over_tasks, np.random.default_rng(0)) for _ in range(2)]
    assert twice[0] == twice[1]


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(BadData, match="finite"):
        stratified_bootstrap([np.array([1.0, np.nan])], mean_over_tasks, np.random.default_rng(0))
