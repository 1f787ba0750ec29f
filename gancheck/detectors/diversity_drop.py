"""A drop of the generator's variety, as a standardised cumulative sum on the diversity signal.

Page, "Continuous inspection schemes", Biometrika 1954.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, detector


@detector("diversity-drop", needs=("diversity",))
@dataclass
class DiversityDrop(Detector):
    """Raise when the median distance between samples falls well below the best it has been, or near zero.

    The reference is the median of the best `warmup` probes so far, so a slow start is no drop. It cannot see modes that
    are lost while the others keep their distances: half a ring may be gone at a ratio of 1.
    """

    warmup: int = 10  #: probes before anything is judged
    slack: float = 0.5  #: in standard deviations, what a probe may lie below the reference without counting
    limit: float = 8.0  #: cumulative sum at which the alarm is raised
    floor: float = 0.1  #: ratio to real below which samples count as collapsed whatever came before
    scale: float = 0.05  #: smallest standard deviation assumed, as a share of the reference

    seen: list[float] = field(default_factory=list, init=False, repr=False)
    total: float = field(default=0.0, init=False, repr=False)

    def start(self) -> None:
        self.seen, self.total = [], 0.0

    def update(self, step: int, signals: Mapping[str, float]) -> tuple[float, str] | None:
        value = signals.get("diversity", math.nan)
        if math.isnan(value):
            return None
        self.seen.append(value)
        if len(self.seen) <= self.warmup:
            return None
        if value < self.floor:
            return 1 - value, f"samples lie at {value:.2f} of the distances in real data (alarm below {self.floor:g})"
        reference, spread = self.reference()
        self.total = max(0.0, self.total + (reference - value) / spread - self.slack)
        if self.total > self.limit and value < reference:
            return self.total, f"distances fell from {reference:.2f} to {value:.2f} of those in real data"
        return None

    def reference(self) -> tuple[float, float]:
        """Median and deviation of the best probes before this one."""
        best = sorted(self.seen[:-1], reverse=True)[: self.warmup]
        middle = statistics.median(best)
        return middle, max(statistics.stdev(best), self.scale * middle)
