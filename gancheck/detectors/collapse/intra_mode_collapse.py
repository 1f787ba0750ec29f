"""Every mode is there, and each has shrunk: samples of one mode hardly differ."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("intra-mode-collapse", family="collapse", needs=("near_distance", "mode_gap"), explains=("partial-collapse",))
@dataclass
class IntraModeCollapse(Detector):
    """All kinds of data are generated, but each in much fewer variants than real data has.

    Statistic: median over the last `checks` checks of R / (1 - G), suspicious below `ratio`. R is the median distance
    to the nearest other sample, over that of as many real ones: about the ratio of deviations inside modes. G is the
    total variation to real shares: where a share G of the modes is missing the others are crowded, and distances fall
    by a factor of 1 - G at most (on a line; less in more dimensions). Judged only after both were right once, or after
    `long` checks that do not get better. It cannot see a few modes that shrink among many, nor samples that are
    spread along fewer directions only.
    """

    acts_on = ("near_distance",)
    cause = "a generator that is rewarded for the safest sample of each mode"
    advice = "less truncation, a discriminator that sees several samples at once, or weaker auxiliary losses"

    ratio: float = 0.7  #: of real data's nearest distances
    gap: float = 0.12  #: total variation up to which shares are right
    checks: int = 5  #: over which the median is taken
    long: int = 40  #: checks after which distances that never were right count too

    ratios: list[float] = field(default_factory=list, init=False, repr=False)
    was_good: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.ratio < 1 or self.gap <= 0 or self.checks < 1 or self.long < 2:
            raise BadParameter("ratio must be between 0 and 1, gap above 0, checks at least 1, and long at least 2")

    def start(self) -> None:
        self.ratios, self.was_good = [], False

    def update(self, seen: Observation) -> Reading | None:
        ratio, gap = seen.get("near_distance"), seen.get("mode_gap")
        if not (math.isfinite(ratio) and math.isfinite(gap)):
            return None
        ratio /= max(1 - max(gap, 0.0), 0.01)
        self.ratios = [*self.ratios, ratio][-max(self.long, self.checks) :]
        middle = statistics.median(self.ratios[-self.checks :])
        if len(self.ratios) < self.checks:
            return None
        self.was_good |= 0.8 <= middle <= 1.25 and gap <= self.gap
        if not (self.was_good or self.is_stuck):
            return None
        told = f"samples are {middle:.2f} times as far from their nearest as real ones are, missing modes allowed for"
        return Reading(middle, self.ratio, told, below=True)

    @property
    def is_stuck(self) -> bool:
        """Whether there were many checks, and the later half of them is no better than the earlier one."""
        if len(self.ratios) < self.long:
            return False
        half = self.long // 2
        return statistics.median(self.ratios[half:]) <= 1.1 * statistics.median(self.ratios[:half])
