"""A drop of the generator's variety, as a standardised cumulative sum on the diversity signal.

Page, "Continuous inspection schemes", Biometrika 1954.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, detector
from gancheck.errors import BadParameter


@detector("diversity-drop", needs=("diversity",))
@dataclass
class DiversityDrop(Detector):
    """Raise when the median distance between samples falls well below the best it has been, or near zero.

    The reference is the highest median of `warmup` probes in a row, never above real data's own: neither a slow start
    nor settling down from too much variety is a drop. On stationary noise (deviation 2 to 20 %, autocorrelation 0 or
    0.5) it raises in at most 1 % of runs of 200 probes. It cannot see modes that are lost while the others keep their
    distances: half a ring may be gone at a ratio of 1.
    """

    warmup: int = 10  #: probes in one window, and before anything is judged
    slack: float = 3.0  #: in standard deviations, what a probe may lie below the reference without counting
    limit: float = 8.0  #: cumulative sum at which the alarm is raised
    floor: float = 0.1  #: ratio to real below which samples count as collapsed whatever came before
    scale: float = 0.05  #: smallest standard deviation assumed, as a share of the reference

    window: list[float] = field(default_factory=list, init=False, repr=False)
    spreads: list[float] = field(default_factory=list, init=False, repr=False)
    best: float = field(default=0.0, init=False, repr=False)
    total: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.warmup < 2:
            raise BadParameter(f"warmup = {self.warmup}: a deviation needs at least 2 probes")

    def start(self) -> None:
        self.window, self.spreads, self.best, self.total = [], [], 0.0, 0.0

    def update(self, step: int, signals: Mapping[str, float]) -> tuple[float, str] | None:
        value = signals.get("diversity", math.nan)
        if not math.isfinite(value):
            return None
        found = self.assess(value) if len(self.window) == self.warmup else None
        self.window = [*self.window, value][-self.warmup :]
        return found

    def assess(self, value: float) -> tuple[float, str] | None:
        """Hold one probe against those before it."""
        if value < self.floor:
            return 1 - value, f"samples lie at {value:.2f} of the distances in real data (alarm below {self.floor:g})"
        reference, spread = self.reference()
        self.total = max(0.0, self.total + (reference - value) / spread - self.slack)
        if self.total > self.limit and value < reference:
            return self.total, f"distances fell from {reference:.2f} to {value:.2f} of those in real data"
        return None

    def reference(self) -> tuple[float, float]:
        """The level to hold, and the usual deviation inside a window of probes."""
        self.best = max(self.best, statistics.median(self.window))
        self.spreads.append(statistics.stdev(self.window))
        level = min(self.best, 1.0)
        return level, max(statistics.median(self.spreads), self.scale * level)
