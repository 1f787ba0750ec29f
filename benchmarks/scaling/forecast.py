"""How long a suite of many blocks takes on so many GPUs, from what was measured on one machine and on one GPU."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class ClusterCosts:
    """Seconds, by `python -m benchmarks.scaling`."""

    start: float  #: until a worker has done its first run: it imports PyTorch
    around: float  #: to plan all runs before, and to write the board behind
    overhead: float  #: that Ray adds to a block, beside a local worker
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
        """Seconds that the driver takes: it hands out and commits one block after the other."""
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
    def bound(self) -> str:
        """What keeps the time from being shorter."""
        if self.driver_time > self.rounds_time:
            return "the driver"
        return "GPUs" if self.blocks % self.gpus == 0 else "GPUs, and the last round"


def most_gpus(kind: BlockKind, costs: ClusterCosts) -> int:
    """Beyond so many GPUs the driver hands out blocks more slowly than they are done."""
    return int((kind.seconds + costs.overhead) / costs.driver)
