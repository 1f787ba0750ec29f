"""What real data gets: a real draw against the rest of it, extrapolated to sizes that the rest does not have.

A reference of m samples cannot be held against m others. Divided in the proportion of samples to reference it makes
a pair of the same shape and a smaller size; from that pair and pairs of a half and a quarter of its size, whose values
differ as one over the size, the value at full size is told (Richardson, "The deferred approach to the limit", 1927).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import NamedTuple

from gancheck.evaluation.class_sizes import have_same_classes
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.sides import Side, view_of
from gancheck.evaluation.view import View
from gancheck.numerics.features import FeatureSet, Memo
from gancheck.numerics.seeding import permutation

ENOUGH = 0.95  #: of the wanted size: nothing is extrapolated
UNEVEN = 2  #: times as many drawn as they are held against, at most: more change few values and leave too few
MANY, FEW = 16, 2  #: divisions that are averaged at most; few of metrics that compare all pairs, or are costly
BYTES = 2**28  #: that the features of all divisions take together, at most
NOISE = 0.1  #: standard error over the floor,
RANGE = 0.01  #: or over the metric's range, below which no more divisions are averaged
BEND = 3.0  #: standard errors beyond which the second order is taken in


class Split(NamedTuple):
    """One division of real data: a pair, and parts of it that share nothing."""

    whole: View
    halves: tuple[View, ...]
    quarters: tuple[View, ...]


def divide(total: int, n: int, m: int | None) -> tuple[int, int | None]:
    """How many of `total` real samples are drawn, and how many they are held against, for n samples against m.

    In their proportion, and no more than n and m. Metrics of samples alone (m is None) need nothing to hold them
    against.
    """
    if m is None:
        return min(n, total), None
    n = min(n, UNEVEN * m)
    together = min(total, n + m)
    drawn = min(max(round(together * n / (n + m)), 1), together - 1)
    return drawn, together - drawn


def size(n: int, m: int | None) -> float:
    """What a pair counts as: the harmonic mean, since errors fall with 1 / n + 1 / m."""
    return float(n) if m is None else 2 * n * m / (n + m)


class Levels(NamedTuple):
    """A metric's mean values at three sizes, and the standard deviation at the smallest, told from the parts."""

    whole: float
    half: float
    quarter: float | None  #: None where classes are too small there to be compared
    noise: float


@dataclass(eq=False)
class RealSplits(Memo):
    """Divisions of the same real data, each with the pairs of half its size."""

    real: Side
    reference: Side | None  #: None for metrics of samples alone
    train: FeatureSet | None
    there: float  #: size of the pair over the size that is wanted

    def __post_init__(self) -> None:
        super().__init__()

    def split(self, k: int) -> Split:
        """The k-th division; the first is as the data came. Kept for other metrics where it is small."""
        return self.cached(make_split, k) if self.bytes <= BYTES else make_split(self, k)

    @property
    def bytes(self) -> int:
        """Of the features."""
        return sum(side.features.x.nbytes for side in (self.real, self.reference) if side is not None)

    def most(self, metric: RegisteredMetric) -> int:
        """How many divisions are worth their cost."""
        memory = max(1, BYTES // self.bytes)
        cheap = metric.max_samples is None and not metric.info.properties["on_request"]
        return min(memory, MANY if cheap else FEW)


def make_split(splits: RealSplits, k: int) -> Split:
    """A division of the same sizes in another order."""
    real, reference = splits.real, splits.reference
    if k:
        pool = real if reference is None else real.join(reference)
        shuffled = pool.part(permutation(len(pool), pool.features.x.device, "score", "floor", k))
        reference = None if reference is None else shuffled.part(slice(len(real), len(pool)))
        real = shuffled.part(slice(0, len(real)))
    whole, halves, quarters = (tuple(views(real, reference, splits.train, count)) for count in (1, 2, 4))
    return Split(whole[0], halves, quarters)


def views(real: Side, reference: Side | None, train: FeatureSet | None, count: int) -> Iterator[View]:
    """The pair in so many parts of equal size."""
    if count == 1:
        yield view_of(real, reference, train)
        return
    for k in range(count):
        yield view_of(nth(real, k, count), None if reference is None else nth(reference, k, count), train)


def nth(side: Side, k: int, count: int) -> Side:
    """One of so many parts of equal size."""
    each = max(len(side) // count, 1)
    start = min(k * each, len(side) - each)
    return side.part(slice(start, start + each))


def extrapolate(splits: RealSplits, metric: RegisteredMetric, there: float | None = None) -> float | None:
    """The value that real data would get at full size, of which the pair has `there`: what `splits` say, unless told.

    None where it is not defined at one of the smaller ones, or where classes are too small there to be compared.
    """
    found: list[float] = []
    for k in range(splits.most(metric)):
        levels = measure_levels(splits.split(k), metric)
        if levels is None:
            return None
        estimate, error = extrapolate_levels(levels, splits.there if there is None else there)
        found.append(estimate)
        if max(error, spread(found)) / math.sqrt(len(found)) <= tolerance(fmean(found), metric):
            break
    return into_range(fmean(found), metric)


def measure_levels(split: Split, metric: RegisteredMetric) -> Levels | None:
    """Values of one division; None where they are not of one kind."""
    levels = [(split.whole,), split.halves, split.quarters]
    if metric.within_classes:
        levels = [views for views in levels if have_same_classes((split.whole, *views))]
    values = [[metric(view) for view in views] for views in levels]
    if len(levels) < 2 or any(value is None for level in values for value in level):
        return None
    known = [[value for value in level if value is not None] for level in values]
    whole, half, *quarter = map(fmean, known)
    noise = stdev(known[-1]) * math.sqrt(4 / len(known[-1]))
    return Levels(whole, half, quarter[0] if quarter else None, noise)


def extrapolate_levels(levels: Levels, there: float) -> tuple[float, float]:
    """The value at full size and its standard error; the pair has `there` of that size.

    A straight line over 1 / size through the pair and its halves, and a parabola through all three where it departs
    from the line beyond noise.
    """
    whole, half, quarter, noise = levels
    error = noise / 2 * math.hypot(2 - there, 1 - there)  # where deviations go as the root of 1 / size, or faster
    line = whole + (1 - there) * (whole - half)
    if quarter is None:
        return line, error
    bend = (1 - there) * (2 - there) * (whole / 3 - half / 2 + quarter / 6)
    return line + bend if abs(bend) > BEND * error else line, error


def spread(found: list[float]) -> float:
    """The standard deviation of estimates, where there are several."""
    return stdev(found) if len(found) > 1 else 0.0


def tolerance(value: float, metric: RegisteredMetric) -> float:
    """The standard error that will do."""
    low, high = metric.info.properties["low"], metric.info.properties["high"]
    width = 0.0 if low is None or high is None else high - low
    return max(NOISE * abs(value), RANGE * width)


def into_range(value: float, metric: RegisteredMetric) -> float:
    """What extrapolation puts outside the metric's range is brought to its end."""
    low, high = metric.info.properties["low"], metric.info.properties["high"]
    return min(max(value, -math.inf if low is None else low), math.inf if high is None else high)
