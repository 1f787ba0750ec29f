"""Intervals against scipy, published tables and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gancheck.errors import BadData
from gancheck.statistics.intervals import paired_gain, stratified_t, wilson


def test_one_task_gives_the_textbook_t_interval() -> None:
    seeds = np.array([0.61, 0.70, 0.66, 0.58, 0.73])
    low, high = stats.ttest_1samp(seeds, 0).confidence_interval(0.95)
    assert stratified_t([seeds]) == pytest.approx((seeds.mean(), low, high))


def test_two_tasks_give_the_interval_of_welchs_sum() -> None:
    """The mean of two tasks is half of a difference (a - (-b)), whose interval scipy's Welch test gives."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(0.5, 0.1, 5), rng.normal(0.8, 0.3, 9)
    low, high = stats.ttest_ind(a, -b, equal_var=False).confidence_interval(0.95)
    interval = stratified_t([a, b])
    assert interval == pytest.approx(((a.mean() + b.mean()) / 2, low / 2, high / 2))


def test_tasks_count_alike_however_many_seeds_they_have() -> None:
    assert stratified_t([np.zeros(2), np.ones(50)]).mean == pytest.approx(0.5)


def test_array_of_tasks_and_seeds_is_read_row_by_row() -> None:
    table = np.random.default_rng(1).random((3, 5))
    assert stratified_t(table) == stratified_t(list(table))


def test_task_without_variance_adds_no_degrees_of_freedom() -> None:
    seeds = np.array([0.2, 0.4, 0.9])
    low, high = stats.ttest_1samp(seeds / 2, 0).confidence_interval(0.95)
    assert stratified_t([seeds, np.ones(3)]) == pytest.approx((0.5 + seeds.mean() / 2, 0.5 + low, 0.5 + high))


def test_identical_seeds_everywhere_give_a_point() -> None:
    assert stratified_t(np.ones((3, 5))) == (1.0, 1.0, 1.0)


def test_single_seed_has_a_mean_and_no_bounds() -> None:
    assert stratified_t([np.array([0.4]), np.array([0.5, 0.7])]) == (pytest.approx(0.5), None, None)


@pytest.mark.parametrize("values", [[], [np.array([])], [np.array([0.1, np.nan])]])
def test_what_is_not_a_number_is_refused(values: list[np.ndarray]) -> None:
    with pytest.raises(BadData):
        stratified_t(values)


def test_interval_covers_the_truth_at_the_stated_rate() -> None:
    """Three tasks of unequal noise, five seeds: 95 % +- 4 standard errors of 2,000 repetitions."""
    rng = np.random.default_rng(2)
    draws = rng.normal(size=(2000, 3, 5)) * np.array([[0.05], [0.1], [0.4]])
    inside = [low <= 0 <= high for _, low, high in (stratified_t(d) for d in draws)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def test_paired_gain_is_the_paired_t_interval() -> None:
    rng = np.random.default_rng(3)
    base = rng.random(8)
    treated = base + rng.normal(0.1, 0.02, 8)
    low, high = stats.ttest_rel(treated, base).confidence_interval(0.95)
    assert paired_gain([treated], [base]) == pytest.approx(((treated - base).mean(), low, high))


def test_paired_gain_refuses_unpaired_seeds() -> None:
    with pytest.raises(BadData, match="same tasks and seeds"):
        paired_gain([np.ones(3)], [np.ones(4)])


def test_bounds_are_cut_to_the_range_of_the_number() -> None:
    interval = stratified_t([np.array([0.2, 1.0, 1.0])])
    assert interval.high is not None
    assert interval.high > 1
    assert interval.within(0, 1).high == 1


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_published_bounds(successes: int, n: int, low: float, high: float) -> None:
    """Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 1998, Table I."""
    assert wilson(successes, n) == pytest.approx((successes / n, low, high), abs=5e-5)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_agrees_with_scipy(level: float) -> None:
    for successes in range(6):
        low, high = stats.binomtest(successes, 5).proportion_ci(level, method="wilson")
        assert wilson(successes, 5, level) == pytest.approx((successes / 5, low, high), abs=1e-12)


def test_wilson_refuses_a_rate_of_nothing() -> None:
    with pytest.raises(BadData):
        wilson(0, 0)
