"""A drop of the generator's variety, as a standardised cumulative sum of the diversity signal.

Page, "Continuous inspection schemes", Biometrika 1954.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter

EXPLAINED = ("partial-collapse", "score-drop", "intra-mode-collapse", "duplicates")


@detector("diversity-drop", family="collapse", needs=("diversity",), explains=EXPLAINED, paper="Page 1954")
@dataclass
class DiversityDrop(Detector):
    """Samples resemble each other much more than they did, or than real data does: mode collapse.

    Statistic: S <- max(0, S + (level - diversity) / deviation - slack), in standard deviations. The level is the
    highest median of `warmup` probes in a row, never above real data's own (1), so neither a slow start nor settling
    down from too much variety is a drop. A probe below `floor` is beyond the threshold at once, but only after samples
    were `good` once, or after `long` probes. On stationary noise (deviation 2 to 20 %, autocorrelation 0 or 0.5) it
    raises in at most 1 % of runs of 200 probes. It cannot see modes that are lost while the others keep their
    distances: half a ring may be gone at a ratio of 1.
    """

    acts_on = ("diversity",)
    severity = "fatal"
    cause = "mode collapse: the generator answers the discriminator with a few kinds of samples"
    advice = "the last checkpoint before it, a smaller learning rate of the generator, and R1 or spectral normalisation"

    warmup: int = 10  #: probes in one window, and before anything is judged
    slack: float = 3.0  #: in standard deviations, what a probe may lie below the level without counting
    limit: float = 8.0  #: cumulative sum at which the alarm is raised
    floor: float = 0.1  #: ratio to real below which samples count as collapsed
    good: float = 0.5  #: ratio to real from which on samples were good once
    long: int = 30  #: probes after which samples that never were good count as collapsed too
    scale: float = 0.05  #: smallest standard deviation assumed, as a share of the level

    window: list[float] = field(default_factory=list, init=False, repr=False)
    spreads: list[float] = field(default_factory=list, init=False, repr=False)
    best: float = field(default=0.0, init=False, repr=False)
    total: float = field(default=0.0, init=False, repr=False)
    probes: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.warmup < 2:
            raise BadParameter(f"warmup = {self.warmup}: a deviation needs at least 2 probes")
        if min(self.limit, self.floor, self.scale) <= 0:
            raise BadParameter("limit, floor and scale must be above 0")

    def start(self) -> None:
        self.window, self.spreads, self.best, self.total, self.probes = [], [], 0.0, 0.0, 0

    def update(self, seen: Observation) -> Reading | None:
        value = seen.get("diversity")
        if not math.isfinite(value):
            return None
        self.probes += 1
        found = self.assess(value) if len(self.window) == self.warmup else None
        self.window = [*self.window, value][-self.warmup :]
        return found

    def assess(self, value: float) -> Reading:
        """Hold one probe against those before it; the sum is bounded, so that it comes down where variety does not."""
        level, spread = self.reference()
        self.total = min(max(0.0, self.total + (level - value) / spread - self.slack), 3 * self.limit)
        fallen = self.total if value < level else 0.0
        low = self.limit * self.floor / max(value, self.floor / 100) if self.may_be_low else 0.0
        told = f"distances fell from {level:.2f} to {value:.2f} of those in real data"
        if low > self.limit:
            told = f"samples lie at {value:.2f} of the distances in real data (alarm below {self.floor:g})"
        return Reading(max(fallen, low), self.limit, told)

    @property
    def may_be_low(self) -> bool:
        """Whether low variety is a fault by now."""
        return self.best >= self.good or self.probes > self.long

    def reference(self) -> tuple[float, float]:
        """The level to keep, and the usual deviation inside a window of probes."""
        self.best = max(self.best, statistics.median(self.window))
        self.spreads = [*self.spreads, statistics.stdev(self.window)][-1000:]
        level = min(self.best, 1.0)
        return level, max(statistics.median(self.spreads), self.scale * level, 1e-12)
