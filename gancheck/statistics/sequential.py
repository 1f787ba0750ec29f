"""Statistics of a series that grows: block means and trends, each in constant memory and safe from NaN.

Single steps of a training are correlated, which ruins nominal levels; means of blocks of ten steps hardly are. So every
test here is meant for block means. All are dataclasses of plain fields.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

BLOCK = 10  #: numbers of a block, where nothing else is said


@dataclass
class BlockMeans:
    """Means of `size` numbers in a row; numbers that are not finite are left out, and so is a mean that overflows."""

    size: int = BLOCK
    total: float = field(default=0.0, init=False)
    count: int = field(default=0, init=False)

    def add(self, value: float, of: int = 1) -> float | None:
        """Take a number, or the mean of so many; gives the mean where it completes a block."""
        if not math.isfinite(value):
            return None
        self.total, self.count = self.total + value * of, self.count + of
        if self.count < self.size:
            return None
        mean, self.total, self.count = self.total / self.count, 0.0, 0
        return mean if math.isfinite(mean) else None


@dataclass
class Window:
    """The last `size` numbers."""

    size: int
    values: list[float] = field(default_factory=list, init=False)

    def add(self, value: float) -> None:
        """Take a number; NaN and infinities are left out."""
        if math.isfinite(value):
            self.values.append(value)
            del self.values[: -self.size]

    @property
    def is_full(self) -> bool:
        """Whether there are `size` numbers."""
        return len(self.values) == self.size


def kendall(values: Sequence[float]) -> tuple[float, float]:
    """Kendall's tau of a series against time, and its two-sided p by the normal approximation, ties and continuity
    corrected; in n log n, as it counts at every tenth step. Mann, "Nonparametric tests against
    trend", Econometrica 1945. (0, 1) below 4 numbers, or where all are equal; what is not finite is left out."""
    earlier: list[float] = []  #: sorted
    rising = tied = 0  #: pairs
    for value in filter(math.isfinite, values):
        place = bisect_left(earlier, value)
        rising += place
        tied += bisect_right(earlier, value, lo=place) - place
        earlier.insert(place, value)
    n = len(earlier)
    pairs = n * (n - 1) // 2
    if n < 4 or tied == pairs:
        return 0.0, 1.0
    score = 2 * rising + tied - pairs
    groups = Counter(earlier).values() if tied else ()
    correction = sum(size * (size - 1) * (2 * size + 5) for size in groups)
    variance = (n * (n - 1) * (2 * n + 5) - correction) / 18
    z = max(abs(score) - 1, 0.0) / math.sqrt(variance)
    return score / math.sqrt(pairs * (pairs - tied)), math.erfc(z / math.sqrt(2))


def standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean of two numbers or more; `statistics.stdev` counts in fractions, fifty times slower."""
    n, mean = len(values), math.fsum(values) / len(values)
    return math.sqrt(math.fsum([(v - mean) ** 2 for v in values]) / (n - 1) / n)


def theil_slope(values: Sequence[float]) -> tuple[float, float, float]:
    """Theil and Sen's slope per entry of a series, with its 95 % interval. Sen, "Estimates of the regression
    coefficient based on Kendall's tau", JASA 1968. (0, -inf, inf) where fewer than two numbers are finite."""
    places = np.asarray([i for i, v in enumerate(values) if math.isfinite(v)])
    if len(places) < 2:
        return 0.0, -math.inf, math.inf
    series = np.asarray(values, dtype=float)[places]
    first, second = np.triu_indices(len(places), 1)
    with np.errstate(over="ignore"):
        slopes = np.sort((series[second] - series[first]) / (places[second] - places[first]))
    low, high = ranks_of_interval(len(places), len(slopes))
    return float(np.median(slopes)), float(slopes[low]), float(slopes[high])


def ranks_of_interval(n: int, slopes: int) -> tuple[int, int]:
    """Which of the sorted slopes of n numbers are the ends of the 95 % interval."""
    deviation = 1.959964 * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return max(round((slopes - deviation) / 2) - 1, 0), min(round((slopes + deviation) / 2), slopes - 1)
