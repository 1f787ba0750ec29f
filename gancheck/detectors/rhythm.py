"""Spikes that come at a regular pace: an extra term at every 16th step, or one odd batch in every epoch."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count, takewhile

BEFORE = 3  #: spikes before, each as far from the next, that make a pace
LARGER = 4.0  #: times the median of those before: a larger one is not the loss's own, nor is one of a term that grows
MOST = 50  #: spikes that are remembered


@dataclass
class Spike:
    """A step that is far above the usual."""

    place: int
    rise: float  #: above the usual, as the loss is


@dataclass
class Rhythm:
    """The spikes so far of a series, and whether the next one was to be expected from them."""

    least: float  #: standard deviations from which on a step is remembered as a spike
    spikes: list[Spike] = field(default_factory=list, init=False)
    count: int = field(default=0, init=False)
    calm: int = field(default=0, init=False)  #: place of the last step that was none

    def expects(self, z: float, rise: float) -> bool:
        """Take the next step, in deviations and as it is above the usual; whether it is a spike of the size and at the
        distance of three before."""
        self.count += 1
        if z <= self.least:
            self.calm = self.count
            return False
        repeats = self.repeats(rise)
        self.spikes = [*self.spikes[1 - MOST :], Spike(self.count, rise)]
        return repeats

    def repeats(self, rise: float) -> bool:
        """Whether three spikes before are as far apart as the last of them from now. A calm step lies between, as the
        steps of one long spike follow each other at the pace of 1."""
        rises = {spike.place: spike.rise for spike in self.spikes}
        paces = (self.before(rises, self.count - place) for place in rises if place < self.calm)
        return any(len(found) >= BEFORE and rise <= LARGER * statistics.median(found) for found in paces)

    def before(self, rises: Mapping[int, float], distance: int) -> list[float]:
        """The spikes at one distance from the next, as far back as none is missing: the more there are, the slower may
        a term grow that is told from one that stays."""
        places = takewhile(rises.__contains__, count(self.count - distance, -distance))
        return [rises[place] for place in places]
