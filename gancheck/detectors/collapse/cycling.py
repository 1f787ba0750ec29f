"""Modes that come and go: the generator runs ahead of a discriminator that forgets. Thanh-Tung & Tran, "Catastrophic
forgetting and mode collapse in GANs", IJCNN 2020."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector(
    "cycling",
    family="collapse",
    needs=("mode_drift", "mode_gap"),
    explains=("partial-collapse", "score-drop", "diversity-drop"),
    paper="Thanh-Tung & Tran 2020",
)
@dataclass
class Cycling(Detector):
    """The generator makes some kinds of samples now and others later, never all of them at once.

    Statistic: min(mean drift / drift, low gap / gap) over the last `checks` checks; 1 is the threshold. Drift is the
    total variation between the bins at two checks in a row (the mean of that half of the checks in which it is smaller,
    for one jump is no cycle), the low gap the lower quartile of that to real data: shares are wrong at nearly every
    check, and other ones are wrong each time. Nothing is said while the gap of the later half
    of the checks is below 0.8 of the earlier half's, for a generator that learns moves too. It cannot see a cycle of
    more than some `checks`, nor one that is a multiple of their distance.
    """

    acts_on = ("mode_drift",)
    cause = "the generator chases the discriminator, which forgets what it does not see"
    advice = "a smaller learning rate of the generator, R1, samples of earlier generators, or an average of the weights"

    drift: float = 0.15  #: mean total variation from check to check
    gap: float = 0.18  #: total variation to real data
    checks: int = 12  #: in one window

    gaps: list[float] = field(default_factory=list, init=False, repr=False)
    drifts: list[float] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if min(self.drift, self.gap) <= 0 or self.checks < 4:
            raise BadParameter("drift and gap must be above 0, and checks at least 4")

    def start(self) -> None:
        self.gaps, self.drifts = [], []

    def update(self, seen: Observation) -> Reading | None:
        gap, drift = seen.get("mode_gap"), seen.get("mode_drift")
        if not (math.isfinite(gap) and math.isfinite(drift)):
            return None
        self.gaps, self.drifts = [*self.gaps, gap][-self.checks :], [*self.drifts, drift][-self.checks :]
        if len(self.gaps) < self.checks or self.is_learning:
            return None
        half, low = self.checks // 2, statistics.quantiles(self.gaps)[0]
        moved = min(statistics.fmean(self.drifts[:half]), statistics.fmean(self.drifts[half:]))
        told = f"{moved:.0%} of the samples change their bin from check to check, while {low:.0%} and more are in wrong"
        return Reading(min(moved / self.drift, low / self.gap), 1.0, f"{told} ones")

    @property
    def is_learning(self) -> bool:
        """Whether shares get better."""
        half = self.checks // 2
        return statistics.fmean(self.gaps[half:]) < 0.8 * statistics.fmean(self.gaps[:half])
