"""Which true difference a board can see: the power of the tests that rank it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy.special import stdtrit

from gancheck.statistics.intervals import Array, Strata
from gancheck.statistics.ranking import LEVEL, ScoreTable

POWER = 0.8  #: chance that a difference of this size is seen


def detectable_difference(differences: Strata, level: float, power: float = POWER) -> float | None:
    """The smallest true difference that a one-sided sign-flip test at `level` sees with chance `power`, where the
    difference is the same on every task and paired differences vary about it as `differences` (seeds by task) do.

    None: so few pairs cannot reach the level, or a task has a single seed, which leaves the spread unknown.
    """
    strata = [np.asarray(seeds, dtype=np.float64).ravel() for seeds in differences]
    if not strata or min(seeds.size for seeds in strata) < 2:
        return None
    tasks = len(strata)
    variance = sum(float(seeds.var(ddof=1)) / seeds.size for seeds in strata) / tasks**2
    pairs = tasks**2 / sum(1 / seeds.size for seeds in strata)
    return needed_difference(variance, pairs, level, power)


def needed_difference(variance: float, pairs: float, level: float, power: float = POWER) -> float | None:
    """(t(1 - level) + t(power)) sqrt(variance), `variance` that of the mean, t the quantiles with pairs - 1 degrees of
    freedom: the sign-flip test has very nearly the power of the t test (Fisher, 1935; the tests hold it against
    simulation of the exact one). None where 2^-pairs, the least p there is, is above the level. Where it is hardly
    below, the true need is larger than this.
    """
    if pairs <= 1 or 2.0**-pairs > level:
        return None
    quantiles = stdtrit(pairs - 1, np.array([1 - level, power]))
    return float(quantiles.sum()) * math.sqrt(variance)


def board_resolution(scores: ScoreTable, level: float = LEVEL) -> float | None:
    """The median over pairs of recipes of the smallest true difference that the board's tests see 80 times in 100.

    The level is Holm's first and strictest, `level` over all k (k - 1) ordered pairs. A pair that sees no difference
    counts as infinite; None where that is the median, or where there are fewer than two recipes.
    """
    count = len(scores) * (len(scores) - 1)
    found = [detectable_difference(pair, level / count) for pair in paired_differences(scores)]
    middle = float(np.median([math.inf if d is None else d for d in found])) if found else math.inf
    return middle if math.isfinite(middle) else None


def paired_differences(scores: ScoreTable) -> Iterator[list[Array]]:
    """For every pair of recipes, their differences by task."""
    for first, second in combinations(scores, 2):
        yield [np.asarray(scores[first][task]) - np.asarray(scores[second][task]) for task in scores[first]]
