"""Some of the data's modes are missing, or hold much too little. The bins are those of Richardson & Weiss, "On GANs and
GMMs", NeurIPS 2018."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector(
    "partial-collapse",
    family="collapse",
    needs=("mode_shares", "mode_gap"),
    explains=("score-drop",),
    paper="Richardson & Weiss 2018",
)
@dataclass
class PartialCollapse(Detector):
    """Some kinds of real data are hardly generated any more, although what is generated may look right.

    Statistic: the larger of sqrt(G^2 - D^2) / gap and L / lost; 1 is the threshold. G and D are medians over the last
    `checks` checks of the total variation between bins now and real ones (`mode_gap`), and between bins now and at the
    check before (`mode_drift`): what moves is cycling. L = 1 - `modes_held`. It is less where the pooled chi-square
    test is not sure (p above 10^-sure), and is judged only after shares were right once, or after `long` checks that do
    not get better: a generator that is still learning is no collapse. It cannot see what happens inside a bin.
    """

    acts_on = ("mode_shares",)
    cause = "the generator left out what the discriminator did not ask for"
    advice = "a look at which modes are missing, a discriminator that sees several samples at once, or a larger batch"

    gap: float = 0.18  #: total variation to real shares
    lost: float = 0.12  #: share of bins with less than a tenth of their share
    sure: float = 4.0  #: -log10 p of the pooled test
    good: float = 0.12  #: total variation up to which shares are right
    checks: int = 5  #: over which medians are taken
    long: int = 40  #: checks after which shares that never were right count too

    gaps: list[float] = field(default_factory=list, init=False, repr=False)
    drifts: list[float] = field(default_factory=list, init=False, repr=False)
    count: int = field(default=0, init=False, repr=False)
    was_good: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        if min(self.gap, self.lost, self.good) <= 0 or self.checks < 1 or self.long < 1:
            raise BadParameter("gap, lost, good, checks and long must be above 0")

    def start(self) -> None:
        self.gaps, self.drifts, self.count, self.was_good = [], [], 0, False

    def update(self, seen: Observation) -> Reading | None:
        gap, sure = seen.get("mode_gap"), seen.get("mode_shares")
        if not (math.isfinite(gap) and math.isfinite(sure)):
            return None
        self.add(gap, seen.get("mode_drift"))
        if len(self.gaps) < self.checks or not (self.was_good or self.is_stuck):
            return None
        held = seen.get("modes_held")
        return self.judge(sure, 1 - held if math.isfinite(held) else 0.0)

    def add(self, gap: float, drift: float) -> None:
        """Take one check."""
        self.count += 1
        self.gaps = [*self.gaps, gap][-max(self.long, self.checks) :]
        self.drifts = [*self.drifts, drift if math.isfinite(drift) else 0.0][-self.checks :]
        self.was_good |= len(self.gaps) >= self.checks and statistics.median(self.gaps[-self.checks :]) <= self.good

    def judge(self, sure: float, lost: float) -> Reading:
        """The reading of this check."""
        gap = statistics.median(self.gaps[-self.checks :])
        drift = max(statistics.median(self.drifts), 0.0)
        steady = math.sqrt(max(max(gap, 0.0) ** 2 - drift**2, 0.0))
        told = f"{gap:.0%} of the samples are in the wrong bins of real data, {lost:.0%} of the bins are nearly empty"
        certain = min(sure / self.sure, 1.0)
        return Reading(certain * max(steady / self.gap, lost / self.lost), 1.0, f"{told} (p = 1e-{sure:.0f})")

    @property
    def is_stuck(self) -> bool:
        """Whether there were many checks, and the later half of them is no better than the earlier one."""
        half = self.long // 2
        if self.count < self.long or not half:
            return False
        before, after = statistics.median(self.gaps[:half]), statistics.median(self.gaps[half:])
        return after >= 0.9 * before
