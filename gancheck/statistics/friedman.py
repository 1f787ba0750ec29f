"""Whether recipes differ at all in their ranks over tasks, and how far apart mean ranks must be.

Friedman, JASA 1937; Iman & Davenport, Communications in Statistics 1980; Nemenyi, "Distribution-free multiple
comparisons", 1963; together in Demsar, "Statistical comparisons of classifiers over multiple data sets", JMLR 2006.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from gancheck.errors import BadData
from gancheck.statistics.intervals import Array

MIN_TASKS = 6  #: tasks below which ranks over tasks say nothing: the unit of replication here is the task


@dataclass(frozen=True)
class Friedman:
    """Ranks over tasks, and the tests on them."""

    mean_ranks: Array  #: (k,) 1 is best; ties share the mean of their ranks
    statistic: float  #: Friedman's chi-square, corrected for ties
    p: float  #: of the chi-square
    f: float  #: Iman and Davenport's less timid F
    p_f: float  #: of F
    difference: float  #: Nemenyi's critical difference of mean ranks

    @property
    def groups(self) -> list[tuple[int, ...]]:
        """The largest sets of recipes, best first, whose mean ranks all lie within the critical difference."""
        order = np.argsort(self.mean_ranks, kind="stable")
        ranks = self.mean_ranks[order]
        ends = np.searchsorted(ranks, ranks + self.difference, side="right")
        starts = [i for i, end in enumerate(ends) if end - i > 1 and (i == 0 or end > ends[i - 1])]
        return [tuple(int(k) for k in order[i : ends[i]]) for i in starts]


def friedman(values: Array, level: float = 0.05) -> Friedman:
    """The tests of a (tasks, recipes) table in which more is better, such as means over seeds.

    At least three recipes and six tasks, all numbers finite; BadData else. A table of nothing but ties has p = 1.
    """
    from scipy.stats import chi2, rankdata  # with others that take a second to import
    from scipy.stats import f as f_distribution

    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < MIN_TASKS or table.shape[1] < 3 or not np.isfinite(table).all():
        raise BadData(f"ranks over tasks need {MIN_TASKS} tasks and 3 recipes or more, not a table of {table.shape}")
    n, k = table.shape
    ranks = rankdata(-table.round(12), axis=1)  # differences below are rounding
    mean_ranks, spread = ranks.mean(axis=0), ranks.var(axis=1, ddof=1).sum()
    statistic = float(n * n * np.square(mean_ranks - (k + 1) / 2).sum() / spread) if spread > 0 else 0.0
    rest = n * (k - 1) - statistic
    f = (n - 1) * statistic / rest if rest > 1e-9 else math.inf
    p_f = float(f_distribution.sf(f, k - 1, (k - 1) * (n - 1)))
    return Friedman(mean_ranks, statistic, float(chi2.sf(statistic, k - 1)), f, p_f, nemenyi_difference(k, n, level))


def nemenyi_difference(recipes: int, tasks: int, level: float = 0.05) -> float:
    """How far apart two mean ranks must be: q sqrt(k (k + 1) / (6 N)), q of the studentised range over sqrt(2)."""
    return nemenyi_quantile(recipes, level) * math.sqrt(recipes * (recipes + 1) / (6 * tasks))


@cache  # an integral that takes longer than all the rest
def nemenyi_quantile(recipes: int, level: float) -> float:
    """q of so many recipes' means at infinite degrees of freedom."""
    from scipy.stats import studentized_range

    return float(studentized_range.isf(level, recipes, np.inf)) / math.sqrt(2)
