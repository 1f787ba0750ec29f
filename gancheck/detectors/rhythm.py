"""Spikes that come at a regular pace: an extra term at every 16th step, or one odd batch in every epoch."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

BEFORE = 3  #: spikes before, each as far from the next, that make a pace
LARGER = 2.0  #: times the median of these, in deviations: a larger one is not the loss's own
MOST = 50  #: spikes that are remembered


@dataclass
class Spike:
    """A step that is far above the usual."""

    place: int
    z: float


@dataclass
class Rhythm:
    """The spikes so far of a series, and whether the next one was to be expected from them."""

    least: float  #: standard deviations from which on a step is remembered as a spike
    spikes: list[Spike] = field(default_factory=list, init=False)
    count: int = field(default=0, init=False)
    calm: int = field(default=0, init=False)  #: place of the last step that was none

    def expects(self, z: float) -> bool:
        """Take the next step; whether it is a spike of the size and at the distance of three before."""
        self.count += 1
        if z <= self.least:
            self.calm = self.count
            return False
        repeats = self.repeats(z)
        self.spikes = [*self.spikes[1 - MOST :], Spike(self.count, z)]
        return repeats

    def repeats(self, z: float) -> bool:
        """Whether three spikes before are as far apart as the last of them from now. A calm step lies between, as the
        steps of one long spike follow each other at the pace of 1."""
        sizes = {spike.place: spike.z for spike in self.spikes}
        for distance in (self.count - place for place in sizes if place < self.calm):
            before = [sizes.get(self.count - n * distance) for n in range(1, BEFORE + 1)]
            found = [size for size in before if size is not None]
            if len(found) == BEFORE and z <= LARGER * statistics.median(found):
                return True
        return False
