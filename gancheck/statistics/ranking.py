"""Ranking: which differences between recipes are more than luck. Arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gancheck.errors import BadData
from gancheck.statistics.intervals import Array
from gancheck.statistics.paired_tests import _p_values, _weigh, holm

ScoreTable = Mapping[str, Mapping[str, Array]]  #: recipe -> task -> scores by seed, seeds in the same order everywhere

LEVEL = 0.05  #: family-wise rate of false wins
MIN_PAIRS = 15  #: pairs of task and seed below which nobody is ranked: 2^-15 survives Holm over 1,600 ordered pairs
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
        return (self.p <= self.level) & (self.pairs >= MIN_PAIRS)

    @cached_property
    def wins(self) -> NDArray[np.bool_]:
        """(k, k) whether the row's recipe ranks above the column's: by the test, or as the only one not blurred."""
        blurred = np.array([recipe in self.blurred for recipe in self.recipes])
        above = ~blurred[:, None] & blurred[None]
        wins: NDArray[np.bool_] = (self.significant | above) & ~above.T
        return wins

    @property
    def distinguishable(self) -> int:
        """How many of the k (k - 1) / 2 pairs of recipes the tests tell apart."""
        return int(self.significant.sum())

    def place(self, recipe: str) -> Place | None:
        """1 + recipes that are better, up to all but those that are worse; None under 15 pairs."""
        if self.pairs < MIN_PAIRS:
            return None
        i = self.recipes.index(recipe)
        rank = 1 + int(self.wins[:, i].sum())
        return Place(rank, rank, len(self.recipes) - int(self.wins[i].sum()))

    def p_best(self, recipe: str) -> float | None:
        """Adjusted p of the hypothesis that no recipe is better: at most the level exactly where the test finds one.

        Blurred rivals do not count, as they rank below. None under 15 pairs, and for a blurred recipe, whose place is
        not the test's.
        """
        if self.pairs < MIN_PAIRS or recipe in self.blurred:
            return None
        rivals = [i for i, rival in enumerate(self.recipes) if rival not in self.blurred]
        return float(self.p[rivals, self.recipes.index(recipe)].min())


def rank(
    scores: ScoreTable, generator: np.random.Generator, level: float = LEVEL, blurred: frozenset[str] = frozenset()
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


def _tasks(scores: ScoreTable) -> list[str]:
    """The tasks, the same for every recipe and with as many seeds."""
    if not scores:
        raise BadData("no recipes to rank; run at least one")
    shapes = [{task: np.size(seeds) for task, seeds in by_task.items()} for by_task in scores.values()]
    if any(shape != shapes[0] for shape in shapes) or not shapes[0]:
        raise BadData("recipes can only be ranked on the same tasks and seeds; leave incomplete recipes out")
    return list(shapes[0])


def _differences(scores: ScoreTable, better: NDArray[np.int_], worse: NDArray[np.int_]) -> Array:
    """(ordered pairs of recipes, pairs of task and seed) weighed differences; what is only rounding is zero."""
    weighed = []
    for task in _tasks(scores):
        values = np.stack([_weigh(by_task[task]) for by_task in scores.values()])  # (k, seeds)
        difference = values[better] - values[worse]
        weighed.append(np.where(np.abs(difference) * values.shape[1] <= ROUNDING, 0.0, difference))
    return np.concatenate(weighed, axis=1)
