"""The difference that a board can see, held against simulation of the exact test."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gancheck.statistics.paired_tests import sign_flip
from gancheck.statistics.resolution import board_resolution, detectable_difference, needed_difference

Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def normal(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.normal(0, 0.2, shape)


def rarely_collapsing(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Differences of two recipes that each lose most of their modes in one run of five."""
    a, b = (0.8 - 0.6 * (rng.random(shape) < 0.2) + rng.normal(0, 0.05, shape) for _ in range(2))
    return a - b


def power_at(difference: float, draw: Draw, seeds: int, level: float) -> float:
    rng = np.random.default_rng(1)
    return float(np.mean([sign_flip(draw(rng, (4, seeds)) + difference) <= level for _ in range(400)]))


@pytest.mark.parametrize("draw", [normal, rarely_collapsing])
@pytest.mark.parametrize(("seeds", "level"), [(4, 0.05 / 2), (5, 0.05 / 132)])
def test_the_exact_test_sees_it_about_80_times_in_100(draw: Draw, seeds: int, level: float) -> None:
    spread = draw(np.random.default_rng(0), (4, 100_000))
    variance = float(spread.var(axis=1).sum()) / seeds / 4**2
    difference = needed_difference(variance, 4 * seeds, level)
    assert difference is not None
    assert power_at(difference, draw, seeds, level) == pytest.approx(0.8, abs=0.08)


def test_it_is_a_number_of_standard_errors() -> None:
    """The t table has 3.579 for .999 and 0.861 for .8 with 19 degrees of freedom."""
    assert needed_difference(0.01**2, 20, 0.001) == pytest.approx((3.579 + 0.861) * 0.01, rel=1e-3)


def test_too_few_pairs_see_nothing_however_large() -> None:
    differences = normal(np.random.default_rng(0), (4, 2))
    assert detectable_difference(differences, 0.05 / 132) is None
    assert detectable_difference(differences, 0.05) is not None
    assert detectable_difference([np.ones(1)], 0.05) is None


def test_more_seeds_and_fewer_recipes_see_less() -> None:
    rng = np.random.default_rng(2)

    def board(recipes: int, seeds: int) -> float:
        table = {f"r{i}": {f"t{t}": rng.normal(0, 0.2, seeds) for t in range(4)} for i in range(recipes)}
        found = board_resolution(table)
        assert found is not None
        return found

    assert board(3, 5) < board(12, 5)
    assert board(12, 20) < board(12, 5)


def test_board_of_one_recipe_or_of_single_seeds_has_no_resolution() -> None:
    assert board_resolution({"a": {"t": np.ones(20)}}) is None
    assert board_resolution({"a": {"t": np.ones(1)}, "b": {"t": np.zeros(1)}}) is None


def test_resolution_is_the_median_over_pairs() -> None:
    rng = np.random.default_rng(3)
    calm, noise = {"t": np.zeros(30)}, {"t": rng.normal(0, 0.5, 30)}
    pair = detectable_difference([noise["t"]], 0.05 / 6)
    assert board_resolution({"a": calm, "b": calm, "c": noise}) == pytest.approx(pair)  # pairs: 0, pair, pair
