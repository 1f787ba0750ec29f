"""How long a suite of many blocks takes on so many GPUs, from what was measured on one machine and on one GPU."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass


@dataclass(frozen=True)
class ClusterCosts:
    """Seconds, by `python -m benchmarks.scaling`."""

    start: float  #: until a worker has done its first run: it imports PyTorch
    around: float  #: to plan all runs before, and to write the board behind
    overhead: float  #: that Ray adds to a block, beside a local worker; 0 where that is not told apart from nothing
    driver: float  #: of the driver for a block of five runs: to hand it out, and to have its files on the disk


@dataclass(frozen=True)
class BlockKind:
    """Blocks that all take the same time on a GPU."""

    name: str
    seconds: float  #: of training and what comes before it


@dataclass(frozen=True)
class Forecast:
    """So many blocks of one kind on so many GPUs, one on each at a time."""

    blocks: int
    kind: BlockKind
    gpus: int
    costs: ClusterCosts

    @property
    def rounds(self) -> int:
        """How many blocks the busiest GPU works on, one after the other."""
        return math.ceil(self.blocks / self.gpus)

    @property
    def rounds_time(self) -> float:
        """Seconds that the busiest GPU takes."""
        return self.rounds * (self.kind.seconds + self.costs.overhead)

    @property
    def driver_time(self) -> float:
        """Seconds that the driver takes: it hands out one block after the other, and commits up to eight at once.

        That of one block was measured where hardly two came at once; where more do, it takes less.
        """
        return self.blocks * self.costs.driver

    @property
    def seconds(self) -> float:
        """From the call to the board."""
        return self.costs.around + self.costs.start + max(self.rounds_time, self.driver_time)

    @property
    def paid_hours(self) -> float:
        """GPU hours that are paid."""
        return self.gpus * self.seconds / 3600

    @property
    def share(self) -> float:
        """Of the GPU time that is paid, what blocks use."""
        return self.blocks * self.kind.seconds / 3600 / self.paid_hours

    @property
    def waits_for_driver(self) -> bool:
        """Whether blocks are done more quickly than the driver hands them out and commits them."""
        return self.driver_time > self.rounds_time

    @property
    def bound(self) -> str:
        """What keeps the time from being shorter."""
        if self.waits_for_driver:
            return "the driver"
        return "GPUs" if self.blocks % self.gpus == 0 else "GPUs, and the last round"


def driver_bound_from(blocks: int, kind: BlockKind, costs: ClusterCosts) -> int | None:
    """The least number of GPUs from which on the driver is the bound; None where it never is.

    Rounds only become fewer with more GPUs, so that the bound changes once.
    """
    counts = range(1, blocks + 1)  # with more, some never have work
    place = bisect_left(counts, True, key=lambda gpus: Forecast(blocks, kind, gpus, costs).waits_for_driver)
    return counts[place] if place < blocks else None
