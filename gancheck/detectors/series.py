"""Histories of a loss that detectors share: the last blocks of it, and the whole run in few numbers."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gancheck.detectors.observation import Observation
from gancheck.statistics.sequential import BLOCK, BlockMeans, kendall

FALLS = 0.05  #: p below which a falling trend counts as one
RISE_OF_RATE = 1.05  #: the learning rate rises where it is this many times what it was


@dataclass
class WholeRun:
    """A series from its first number on in at most `most` means of equally long blocks: once there are more, neighbours
    are averaged, so that memory stays constant and the latter half of the run is always the latter half of the means.
    """

    most: int = 100
    blocks: BlockMeans = field(default_factory=BlockMeans)
    means: list[float] = field(default_factory=list, init=False)
    first: float = field(default=math.nan, init=False)  #: the mean of the first block

    def add(self, value: float, of: int = 1) -> bool:
        """Take a number, or the mean of so many; whether it completes a block."""
        mean = self.blocks.add(value, of)
        if mean is None:
            return False
        self.first = mean if not self.means else self.first
        self.means.append(mean)
        if len(self.means) >= self.most:
            self.means = [(a + b) / 2 for a, b in zip(self.means[::2], self.means[1::2], strict=False)]
            self.blocks.size *= 2
        return True

    @property
    def latter_half(self) -> list[float]:
        """The means of the run's latter half."""
        return self.means[len(self.means) // 2 :]

    @property
    def level(self) -> float:
        """Where the series is: the median of its last eighth."""
        return statistics.median(self.means[-max(3, len(self.means) // 8) :])


@dataclass
class LossRun:
    """The whole run of `loss`, from its blocks, and of the learning rate where it is known."""

    loss: WholeRun = field(default_factory=WholeRun)
    rates: WholeRun = field(default_factory=lambda: WholeRun(blocks=BlockMeans(1)))  #: one for each that was measured

    def add(self, seen: Observation) -> bool:
        """Take a step; whether it completes a block of losses."""
        numbers = seen.numbers
        if "learning_rate" in numbers:
            self.rates.add(numbers["learning_rate"])
        return "loss_block" in numbers and self.loss.add(numbers["loss_block"], BLOCK)

    @property
    def rate_rises(self) -> bool:
        """Whether the learning rate rose in the latter half of the run: a warm-up, or a restart."""
        return rises(self.rates.latter_half)

    @property
    def steps(self) -> int:
        """Losses in whole blocks so far."""
        return len(self.loss.means) * self.loss.blocks.size


def gradient_cosine(seen: Observation) -> float:
    """The cosine between the gradients of two steps in a row; NaN where it was not measured, or is none."""
    cosine = seen.get("gradient_cosine")
    return cosine if abs(cosine) <= 1.01 else math.nan


def rises(rates: Sequence[float]) -> bool:
    """Whether a learning rate rises anywhere; a schedule that falls, or none, does not."""
    lowest = math.inf
    for rate in rates:
        if rate > RISE_OF_RATE * lowest:
            return True
        lowest = min(lowest, rate)
    return False


def falls(values: Sequence[float]) -> bool:
    """Whether a series has a falling trend that is more than chance."""
    tau, p = kendall(values)
    return tau < 0 and p < FALLS


def climbs(values: Sequence[float], p_below: float = FALLS) -> bool:
    """Whether a series has a rising trend that is more than chance."""
    tau, p = kendall(values)
    return tau > 0 and p < p_below


def noise(values: Sequence[float]) -> float:
    """Robust standard deviation of a series around its own course, from differences of neighbours; 0 below three."""
    if len(values) < 3:
        return 0.0
    steps = [abs(b - a) for a, b in pairwise(values)]
    return 1.4826 * statistics.median(steps) / math.sqrt(2)
