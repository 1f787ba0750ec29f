"""Ranking against scipy's permutation test, a worked Holm example and simulation."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gancheck.errors import BadData, BadParameter
from gancheck.statistics.paired_tests import holm, sign_flip
from gancheck.statistics.ranking import LEVEL, Place, rank


def by_scipy(differences: np.ndarray) -> float:
    test = stats.permutation_test(
        (differences, np.zeros_like(differences)),
        lambda a, b, axis: (a - b).sum(axis=axis),
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
        vectorized=True,
    )
    return float(test.pvalue)


@settings(deadline=None, max_examples=60, database=None)
@given(st.lists(st.integers(-3, 3), min_size=2, max_size=9))
def test_sign_flip_counts_ties_and_zeros_as_scipy_does(differences: list[int]) -> None:
    """Whole numbers, as scipy misses some ties of decimals: it gives 0.5625 for -.3, .1, -.1, .3, which is 0.625."""
    array = np.array(differences, float)
    assert sign_flip([array]) == pytest.approx(by_scipy(array), abs=1e-12)


@settings(deadline=None, max_examples=60, database=None)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=12), st.sampled_from([0.1, 1 / 3, 1e-6, 1e9]))
def test_ties_survive_the_rounding_of_decimals(differences: list[int], unit: float) -> None:
    assert sign_flip([np.array(differences) * unit]) == sign_flip([np.array(differences, float)])


def test_sign_flip_agrees_with_scipy_on_continuous_differences() -> None:
    rng = np.random.default_rng(0)
    for n in (2, 7, 11):
        array = rng.normal(0.3, 1, n)
        assert sign_flip([array]) == pytest.approx(by_scipy(array), abs=1e-12)


@pytest.mark.parametrize("n", [1, 10, 40])
def test_all_wins_have_the_smallest_possible_p(n: int) -> None:
    assert sign_flip([np.linspace(0.1, 0.9, n)]) == 2.0**-n
    assert sign_flip([-np.linspace(0.1, 0.9, n)]) == 1.0


def test_equal_differences_give_the_binomial_tail() -> None:
    """With every |d| the same, the sum is a count of wins: 31 of 40."""
    differences = np.where(np.arange(40) < 31, 0.1, -0.1)
    assert sign_flip([differences]) == pytest.approx(stats.binom.sf(30, 40, 0.5), rel=1e-9)


def test_zeros_neither_help_nor_harm() -> None:
    differences = np.array([0.3, 0.1, -0.05, 0.2])
    assert sign_flip([np.append(differences, np.zeros(50))]) == sign_flip([differences])
    assert sign_flip([np.zeros(20)]) == 1.0


def test_task_with_few_seeds_weighs_as_much_as_one_with_many() -> None:
    tasks = [np.array([0.4]), np.array([-0.1, -0.1, -0.1, -0.1])]
    weighed = np.concatenate([tasks[0], tasks[1] / 4])
    assert sign_flip(tasks) == by_scipy(weighed)
    assert sign_flip(tasks) < sign_flip([np.concatenate(tasks)])


def test_many_pairs_are_drawn_and_come_near_the_exact_tail() -> None:
    differences = np.where(np.arange(60) < 37, 0.1, -0.1)
    exact = float(stats.binom.sf(36, 60, 0.5))
    p = sign_flip([differences], np.random.default_rng(0))
    assert p == pytest.approx(exact, abs=4 * np.sqrt(exact / 1e5))
    assert p == sign_flip([differences], np.random.default_rng(0))


def test_many_pairs_without_a_generator_say_what_is_missing() -> None:
    with pytest.raises(BadParameter, match="Generator"):
        sign_flip([np.ones(41)])


def test_holm_reproduces_the_worked_example() -> None:
    """p = .01, .04, .03, .005 adjust to .03, .06, .06, .02 (the example in Wikipedia's "Holm-Bonferroni method")."""
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_never_exceeds_one_and_keeps_ties_equal() -> None:
    assert holm(np.array([0.9, 0.5, 0.5])).tolist() == [1.0, 1.0, 1.0]


def scores(rng: np.random.Generator, effects: list[float], tasks: int = 3, seeds: int = 5) -> dict:
    """Recipes with known effects; a seed's luck is shared by all recipes, as in paired training."""
    luck = rng.normal(0.5, 0.1, (tasks, seeds))
    noise = rng.normal(0, 0.05, (len(effects), tasks, seeds))
    return {
        f"r{i}": {f"t{t}": luck[t] + effect + noise[i, t] for t in range(tasks)} for i, effect in enumerate(effects)
    }


def test_clear_differences_are_ranked_and_twins_share_a_place() -> None:
    ranking = rank(scores(np.random.default_rng(0), [0.5, 0.0, 0.0, -0.5]), np.random.default_rng(1))
    assert [ranking.place(r) for r in ranking.recipes] == [
        Place(1, 1, 1),
        Place(2, 2, 3),
        Place(2, 2, 3),
        Place(4, 4, 4),
    ]
    assert ranking.distinguishable == 5


def test_fewer_than_fifteen_pairs_rank_nobody() -> None:
    ranking = rank(scores(np.random.default_rng(0), [5.0, 0.0], tasks=2, seeds=7), np.random.default_rng(1))
    assert ranking.place("r0") is None
    assert ranking.distinguishable == 0


def test_twins_that_differ_by_rounding_are_not_told_apart() -> None:
    twins = {"a": {"t": np.full(20, 0.3)}, "b": {"t": np.full(20, 0.1 + 0.2)}}
    assert rank(twins, np.random.default_rng(0)).distinguishable == 0


def test_order_of_recipes_does_not_change_places() -> None:
    table = scores(np.random.default_rng(3), [0.1, 0.0, 0.05, -0.1])
    there, back = (rank(t, np.random.default_rng(0)) for t in (table, dict(reversed(table.items()))))
    assert [there.place(r) for r in table] == [back.place(r) for r in table]


def test_incomplete_recipes_are_refused() -> None:
    with pytest.raises(BadData, match="incomplete"):
        rank({"a": {"t": np.ones(15)}, "b": {"t": np.ones(14)}}, np.random.default_rng(0))


def test_recipes_without_any_difference_seldom_win() -> None:
    """A/A: six equal recipes, three tasks, five seeds, one in five runs collapsing; any win at all is a false one."""
    rng = np.random.default_rng(4)
    tables = (scores(rng, [0.0] * 6) for _ in range(200))
    crashed = [{r: {t: v * (rng.random(5) > 0.2) for t, v in b.items()} for r, b in x.items()} for x in tables]
    false_wins = [rank(table, rng).distinguishable > 0 for table in crashed]
    assert np.mean(false_wins) <= 0.05


def test_twelve_recipes_rank_in_under_two_seconds() -> None:
    table = scores(np.random.default_rng(5), list(np.linspace(0, 0.3, 12)))
    start = time.perf_counter()
    rank(table, np.random.default_rng(0))
    assert time.perf_counter() - start < 2


def test_more_than_forty_pairs_rank_the_same_clear_order() -> None:
    table = scores(np.random.default_rng(6), [0.4, 0.2, 0.0], tasks=5, seeds=10)
    ranking = rank(table, np.random.default_rng(0))
    assert [ranking.place(r) for r in ranking.recipes] == [Place(i, i, i) for i in (1, 2, 3)]


def test_p_of_being_best_agrees_with_the_rank_on_any_table() -> None:
    rng = np.random.default_rng(7)
    seen = set()
    for _ in range(60):
        ranking = rank(scores(rng, list(rng.normal(0, 0.05, 5))), rng)
        for recipe in ranking.recipes:
            p, place = ranking.p_best(recipe), ranking.place(recipe)
            assert p is not None
            assert place is not None
            assert (p <= LEVEL) == (place.rank > 1)
            seen.add(place.rank > 1)
    assert seen == {True, False}


def test_p_of_being_best_is_the_smallest_adjusted_p_of_a_rival() -> None:
    """Three of the six tests are fifteen wins in a row, p = 2^-15 each; Holm gives equals the same."""
    table = {"a": {"t": np.full(15, 0.9)}, "b": {"t": np.full(15, 0.8)}, "c": {"t": np.full(15, 0.1)}}
    ranking = rank(table, np.random.default_rng(0))
    assert [ranking.p_best(r) for r in "abc"] == pytest.approx([1, 6 * 2.0**-15, 6 * 2.0**-15])


def test_p_of_being_best_is_empty_where_nobody_is_ranked() -> None:
    ranking = rank(scores(np.random.default_rng(0), [5.0, 0.0], tasks=2, seeds=7), np.random.default_rng(1))
    assert [ranking.p_best(r) for r in ranking.recipes] == [None, None]


def test_blurred_recipes_rank_below_all_others_and_among_themselves_by_the_tests() -> None:
    table = scores(np.random.default_rng(0), [0.9, 0.6, 0.3, 0.0])
    ranking = rank(table, np.random.default_rng(1), blurred=frozenset({"r0", "r2"}))
    assert [ranking.place(r) for r in ranking.recipes] == [
        Place(3, 3, 3),
        Place(1, 1, 1),
        Place(4, 4, 4),
        Place(2, 2, 2),
    ]
    assert [ranking.p_best(r) is None for r in ranking.recipes] == [True, False, True, False]


def test_a_blurred_rival_does_not_make_the_first_recipe_less_than_best() -> None:
    table = scores(np.random.default_rng(0), [0.9, 0.5, 0.0])
    ranking = rank(table, np.random.default_rng(1), blurred=frozenset({"r0"}))
    first, second = (ranking.p_best(r) for r in ("r1", "r2"))
    assert (ranking.place("r1"), ranking.place("r2")) == (Place(1, 1, 1), Place(2, 2, 2))
    assert first is not None
    assert second is not None
    assert first > LEVEL >= second


def test_a_blurred_recipe_does_not_change_what_the_tests_show() -> None:
    table = scores(np.random.default_rng(0), [0.5, 0.0, 0.0, -0.5])
    plain, marked = (rank(table, np.random.default_rng(1), blurred=frozenset(b)) for b in ((), ("r0",)))
    assert np.array_equal(plain.significant, marked.significant)
    assert plain.distinguishable == marked.distinguishable == 5
    assert not np.array_equal(plain.wins, marked.wins)
    assert np.array_equal(plain.wins, plain.significant)


def test_twins_of_which_one_is_blurred_are_ranked_and_not_told_apart() -> None:
    twin = {"t": np.linspace(0, 1, 15)}
    ranking = rank({"a": twin, "b": twin}, np.random.default_rng(0), blurred=frozenset({"a"}))
    assert [ranking.place(r) for r in "ab"] == [Place(2, 2, 2), Place(1, 1, 1)]
    assert ranking.distinguishable == 0
