"""Friedman and Nemenyi against scipy, scikit-posthocs and a published example."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gancheck.errors import BadData
from gancheck.statistics.friedman import friedman, nemenyi_difference


def table(seed: int, tasks: int = 8, recipes: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (tasks, recipes)) + np.linspace(0, 2, recipes)


def test_statistic_and_p_are_scipys_ties_included() -> None:
    for values in (table(0), table(1).round(), np.floor(table(2, 6, 3))):
        ours, theirs = friedman(values), stats.friedmanchisquare(*values.T)
        assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue))


def test_pairs_beyond_the_critical_difference_are_those_of_scikit_posthocs() -> None:
    posthocs = pytest.importorskip("scikit_posthocs")
    values = table(3, tasks=10)
    ours, p = friedman(values), posthocs.posthoc_nemenyi_friedman(values).to_numpy()
    gaps = np.abs(ours.mean_ranks[:, None] - ours.mean_ranks)
    assert np.array_equal(gaps > ours.difference, p < 0.05)
    assert (gaps > ours.difference).any()
    assert not (gaps > ours.difference).all()


@pytest.mark.parametrize(("recipes", "q"), [(2, 1.960), (3, 2.343), (5, 2.728), (10, 3.164)])
def test_critical_values_are_the_tables_of_the_studentised_range(recipes: int, q: float) -> None:
    """The usual table of the two-tailed Nemenyi test at 5 %: q of the studentised range over the root of two."""
    assert nemenyi_difference(recipes, 14) == pytest.approx(q * np.sqrt(recipes * (recipes + 1) / 84), abs=2e-3)


def test_worked_example_of_three_judges() -> None:
    """Six rows all in the same order: chi-square n (k - 1) = 12, mean ranks 1, 2, 3, and F without bound."""
    found = friedman(np.tile([3.0, 2.0, 1.0], (6, 1)))
    assert found.mean_ranks.tolist() == [1, 2, 3]
    assert found.statistic == pytest.approx(12)
    assert found.p_f == 0


def test_iman_davenport_follows_from_the_statistic() -> None:
    values = table(4)
    n, k = values.shape
    found = friedman(values)
    assert found.f == pytest.approx((n - 1) * found.statistic / (n * (k - 1) - found.statistic))
    assert found.p_f == pytest.approx(stats.f.sf(found.f, k - 1, (k - 1) * (n - 1)))


def test_nothing_but_ties_is_no_evidence() -> None:
    found = friedman(np.ones((6, 4)))
    assert (found.statistic, found.p, found.p_f) == (0, 1, 1)
    assert found.groups == [(0, 1, 2, 3)]


def test_groups_hold_what_is_not_told_apart_and_none_lies_in_another() -> None:
    found = friedman(table(5, tasks=12, recipes=8))
    for group in found.groups:
        ranks = found.mean_ranks[list(group)]
        assert np.ptp(ranks) <= found.difference
        assert len(group) > 1
    assert not any(set(a) < set(b) for a in found.groups for b in found.groups)


def test_friedman_seldom_sees_what_is_not_there() -> None:
    rng = np.random.default_rng(6)
    p = [friedman(rng.normal(0, 1, (8, 5))).p_f for _ in range(400)]
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.08


@pytest.mark.parametrize("shape", [(5, 4), (6, 2)])
def test_too_few_tasks_or_recipes_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(BadData, match="6 tasks and 3 recipes"):
        friedman(np.ones(shape))
