"""Intervals: how sure a mean over tasks and seeds, a paired gain or a rate is. Seeds are the unit of replication."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from gancheck.errors import BadData

Array = NDArray[np.float64]
Strata = Sequence[Array] | Array  #: one array of seeds per task: (tasks, seeds), or ragged


class Interval(NamedTuple):
    """An estimate with its bounds; None where too little was measured to have bounds."""

    mean: float
    low: float | None
    high: float | None

    def within(self, least: float, most: float) -> Interval:
        """The same interval, its bounds cut to the range that the number can take."""
        if self.low is None or self.high is None:
            return self
        return Interval(self.mean, max(self.low, least), min(self.high, most))


class Bounded(NamedTuple):
    """An estimate whose bounds are both known."""

    mean: float
    low: float
    high: float


def stratified_t(values: Strata, level: float = 0.95) -> Interval:
    """Mean over tasks of the means over seeds, with a t interval for exactly these tasks.

    Tasks are strata of equal weight and seeds their independent draws, so the variance is sum(s_t^2 / n_t) / T^2; the
    degrees of freedom are Satterthwaite's, to which a task without variance adds nothing (all tasks without: the
    interval is the point). A task with a single seed leaves the variance unknown: no bounds. Satterthwaite, "An
    approximate distribution of estimates of variance components", Biometrics Bulletin 1946.
    """
    strata = [_finite(v) for v in values]
    if not strata:
        raise BadData("no tasks to average; give at least one task with one seed")
    mean = float(np.mean([v.mean() for v in strata]))
    if min(v.size for v in strata) < 2:
        return Interval(mean, None, None)
    variances = np.array([v.var(ddof=1) / v.size for v in strata]) / len(strata) ** 2
    half = _half_width(variances, np.array([v.size - 1 for v in strata]), level)
    return Interval(mean, mean - half, mean + half)


def paired_gain(treated: Strata, base: Strata, level: float = 0.95) -> Interval:
    """The same for the differences treated - base, where both hold the same tasks and seeds in the same order."""
    shapes = [[np.shape(v) for v in side] for side in (treated, base)]
    if shapes[0] != shapes[1]:
        raise BadData(f"a paired gain needs the same tasks and seeds on both sides, not {shapes[0]} and {shapes[1]}")
    pairs = zip(treated, base, strict=True)
    return stratified_t([np.asarray(t, float) - np.asarray(b, float) for t, b in pairs], level)


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """A rate with Wilson's score interval: stays inside [0, 1] and does not shrink to a point at 0 or n.

    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
    """
    if not 0 <= successes <= n or n == 0:
        raise BadData(f"a rate needs 0 <= successes <= n and n >= 1, not {successes} of {n}")
    return score_interval(successes / n, n, level)


def score_interval(rate: float, n: float, level: float = 0.95) -> Interval:
    """The same for a rate in [0, 1] from n independent samples; n may be an effective number, not a whole one."""
    z = z_score(1 - level)
    shrink = 1 + z * z / n
    centre = (rate + z * z / (2 * n)) / shrink
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / shrink
    low = centre - half if rate > 0 else 0.0
    high = centre + half if rate < 1 else 1.0
    return Interval(rate, low, high)


def newcombe(a: Bounded, b: Bounded) -> Bounded:
    """The difference a - b of two independent rates, from Wilson's interval of each.

    Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 1998.
    """
    value = a.mean - b.mean
    down, up = math.hypot(a.mean - a.low, b.high - b.mean), math.hypot(a.high - a.mean, b.mean - b.low)
    return Bounded(value, value - down, value + up)


def z_score(level: float) -> float:
    """Standard errors on each side of a normal interval that misses with chance `level`, both sides together."""
    return float(-ndtri(level / 2))


def _finite(values: Array) -> Array:
    """One task's values as float64, checked: a run without a value has a status, not a NaN."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    if flat.size == 0 or not np.isfinite(flat).all():
        raise BadData("a task needs at least one value, all finite; say what a failed run scores")
    return flat


def _half_width(variances: Array, freedom: Array, level: float) -> float:
    """Half the interval from the tasks' shares of the variance and their degrees of freedom."""
    total = float(variances.sum())
    if total == 0:
        return 0.0
    share = variances / total  # first, so that squaring tiny variances cannot underflow
    return float(-stdtrit(1 / (share**2 / freedom).sum(), (1 - level) / 2)) * math.sqrt(total)
