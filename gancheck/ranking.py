"""Ranking: which differences between recipes are more than luck. Arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gancheck.errors import BadData, BadParameter
from gancheck.intervals import Array, Strata

Scores = Mapping[str, Mapping[str, Array]]  #: recipe -> task -> scores by seed, seeds in the same order everywhere

LEVEL = 0.05  #: family-wise rate of false wins
FEWEST = 15  #: pairs of task and seed below which nobody is ranked: 2^-15 survives Holm over 1,600 ordered pairs
EXACT = 40  #: pairs up to which the test is exact: two halves of 2^20 sums
DRAWS = 100_000  #: sign patterns drawn beyond that
ROUNDING = 1e-12  #: differences of scores (of order 1) below this are float64 rounding, not an effect


class Place(NamedTuple):
    """Where a recipe stands, and the best and worst place the data cannot rule out."""

    rank: int
    low: int
    high: int


@dataclass(frozen=True)
class Ranking:
    """All pairwise tests of one table."""

    recipes: tuple[str, ...]
    pairs: int  #: task x seed pairs behind every test
    p: Array  #: (k, k) Holm-adjusted p that the row's recipe beats the column's; 1 on the diagonal
    level: float = LEVEL
    blurred: frozenset[str] = frozenset()  #: recipes that rank below all others, whatever the tests say

    @cached_property
    def significant(self) -> NDArray[np.bool_]:
        """(k, k) whether the test shows the row's recipe to be better than the column's."""
        return (self.p <= self.level) & (self.pairs >= FEWEST)

    @cached_property
    def wins(self) -> NDArray[np.bool_]:
        """(k, k) whether the row's recipe ranks above the column's: by the test, or as the only one not blurred."""
        blurred = np.array([recipe in self.blurred for recipe in self.recipes])
        above = ~blurred[:, None] & blurred[None]
        wins: NDArray[np.bool_] = (self.significant | above) & ~above.T
        return wins

    @property
    def told_apart(self) -> int:
        """How many of the k (k - 1) / 2 pairs of recipes the tests tell apart."""
        return int(self.significant.sum())

    def place(self, recipe: str) -> Place | None:
        """1 + recipes that are better, up to all but those that are worse; None under 15 pairs."""
        if self.pairs < FEWEST:
            return None
        i = self.recipes.index(recipe)
        rank = 1 + int(self.wins[:, i].sum())
        return Place(rank, rank, len(self.recipes) - int(self.wins[i].sum()))

    def p_best(self, recipe: str) -> float | None:
        """Adjusted p of the hypothesis that no recipe is better: at most the level exactly where the test finds one.

        Blurred rivals do not count, as they rank below. None under 15 pairs, and for a blurred recipe, whose place is
        not the test's.
        """
        if self.pairs < FEWEST or recipe in self.blurred:
            return None
        rivals = [i for i, rival in enumerate(self.recipes) if rival not in self.blurred]
        return float(self.p[rivals, self.recipes.index(recipe)].min())


def rank(
    scores: Scores, generator: np.random.Generator, level: float = LEVEL, blurred: frozenset[str] = frozenset()
) -> Ranking:
    """Rank = 1 + the number of recipes that are better by a one-sided sign-flip test over all paired task x seed
    differences, Holm-corrected over all ordered pairs of recipes; under 15 pairs nobody is ranked. Recipes that are
    `blurred` rank below all that are not.

    Every recipe needs the same tasks with the same seeds. The generator is used only beyond 40 pairs (`sign_flip`). A
    difference that is not positive is given p = 1 untested, as its exact p is at least 1/2.
    """
    recipes = tuple(scores)
    better, worse = np.nonzero(~np.eye(len(recipes), dtype=bool))
    differences = _differences(scores, better, worse)
    raw = np.ones(len(better))
    hopeful = differences.sum(axis=1) > 0
    raw[hopeful] = _p_values(differences[hopeful], generator)
    p = np.ones((len(recipes), len(recipes)))
    p[better, worse] = holm(raw)
    return Ranking(recipes, differences.shape[1], p, level, blurred)


def sign_flip(differences: Strata, generator: np.random.Generator | None = None) -> float:
    """One-sided p of the sign-flip (randomisation) test of paired differences; the alternative: they are positive.

    `differences` holds one array of seeds per task (one array in a list: one task). They are divided by the task's
    number of seeds, so that tasks count alike. p = P(sum >= observed) over all 2^n equally likely sign patterns, ties
    (within rounding) counted; a zero has no sign to flip and drops out, nothing but zeros gives 1. Exact up to 40
    non-zero differences, by sorting the sums of two halves and matching them; beyond that 100,000 patterns are drawn
    from `generator` and p = (1 + hits) / (1 + draws), which is itself a valid test. Fisher, "The design of
    experiments", 1935; Phipson & Smyth, "Permutation p-values should never be zero", 2010.
    """
    row = np.concatenate([_weighed(d) for d in differences])
    return float(_p_values(row[None], generator)[0])


def holm(p: Array) -> Array:
    """Holm's step-down adjusted p-values, in the given order ("A simple sequentially rejective test", 1979)."""
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    return adjusted


def _tasks(scores: Scores) -> list[str]:
    """The tasks, the same for every recipe and with as many seeds."""
    if not scores:
        raise BadData("no recipes to rank; run at least one")
    shapes = [{task: np.size(seeds) for task, seeds in by_task.items()} for by_task in scores.values()]
    if any(shape != shapes[0] for shape in shapes) or not shapes[0]:
        raise BadData("recipes can only be ranked on the same tasks and seeds; leave incomplete recipes out")
    return list(shapes[0])


def _weighed(values: Array) -> Array:
    """One task's values over its number of seeds, so that sums over tasks count tasks alike."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(flat).all():
        raise BadData("scores must be finite numbers; say what a failed run scores")
    return flat / max(flat.size, 1)


def _differences(scores: Scores, better: NDArray[np.int_], worse: NDArray[np.int_]) -> Array:
    """(ordered pairs of recipes, pairs of task and seed) weighed differences; what is only rounding is zero."""
    weighed = []
    for task in _tasks(scores):
        values = np.stack([_weighed(by_task[task]) for by_task in scores.values()])  # (k, seeds)
        difference = values[better] - values[worse]
        weighed.append(np.where(np.abs(difference) * values.shape[1] <= ROUNDING, 0.0, difference))
    return np.concatenate(weighed, axis=1)


def _p_values(rows: Array, generator: np.random.Generator | None) -> Array:
    """(k,) p-values of (k, pairs) weighed differences."""
    p = np.ones(len(rows))
    many = np.count_nonzero(rows, axis=1) > EXACT
    p[~many] = [_exact(row[row != 0]) for row in rows[~many]]
    if many.any():
        p[many] = _drawn(rows[many], generator)
    return p


def _exact(differences: Array) -> float:
    """P(sum of randomly signed differences >= the observed sum).

    A pattern's sum is total - 2 * (what is flipped to minus), so the patterns at or above the observed sum are the
    subsets of the magnitudes that weigh at most the negative differences: counted by meeting two halves in the middle.
    """
    sizes = np.abs(differences)
    allowance = -differences[differences < 0].sum() + 1e-10 * sizes.sum()  # the slack is for ties after rounding
    half = len(sizes) // 2
    left, right = _subset_sums(sizes[:half]), _subset_sums(sizes[half:])
    hits = np.searchsorted(right, allowance - left[::-1], side="right").sum()  # ascending queries stay in the cache
    return float(hits) / 2.0 ** len(sizes)


def _subset_sums(sizes: Array) -> Array:
    """The sums of all 2^n subsets, ascending; every size doubles the list by merging two sorted runs."""
    sums = np.zeros(1)
    for size in sizes:
        sums = np.sort(np.concatenate([sums, sums + size]), kind="stable")
    return sums


def _drawn(rows: Array, generator: np.random.Generator | None, chunk: int = 2_000) -> Array:
    """Monte Carlo p-values; all rows share the sign patterns, which costs no validity and turns it into one product."""
    if generator is None:
        raise BadParameter(f"more than {EXACT} pairs are tested by drawing signs; pass a numpy Generator")
    observed = rows.sum(axis=1) - 1e-10 * np.abs(rows).sum(axis=1)
    hits = np.zeros(len(rows))
    for _ in range(DRAWS // chunk):
        signs = generator.integers(0, 2, size=(chunk, rows.shape[1]), dtype=np.int8) * 2.0 - 1.0
        hits += (signs @ rows.T >= observed).sum(axis=0)
    return (1 + hits) / (1 + DRAWS)
