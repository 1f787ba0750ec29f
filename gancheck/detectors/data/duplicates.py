"""The generator says the same thing again and again. Arora & Zhang, "Do GANs actually learn the distribution? An
empirical study", 2017: by the birthday paradox, repeats among n samples tell of some n^2 different ones or fewer."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector(
    "duplicates", family="data", needs=("repeats",), explains=("intra-mode-collapse",), paper="Arora & Zhang 2017"
)
@dataclass
class Duplicates(Detector):
    """Many samples are there twice and more, although real data does not repeat itself so.

    Statistic: median over the last `checks` checks of the share of samples that equal another (to a millionth of the
    median distance), less the share among as many real ones. Data that repeats itself is no fault. K equally likely
    outputs give 1 - (1 - 1 / K)^(n - 1) for n samples, so 0.1 is some 10 n outputs. It cannot see near copies.
    """

    acts_on = ("repeats",)
    cause = "a generator that ignores most of its latents, saturated outputs, or the same latents drawn twice"
    advice = "a look at how latents are drawn, and at the generator's last layer"

    limit: float = 0.1  #: share of samples
    checks: int = 3  #: over which the median is taken

    recent: list[float] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.limit < 1 or self.checks < 1:
            raise BadParameter("limit must be between 0 and 1, and checks at least 1")

    def start(self) -> None:
        self.recent = []

    def update(self, seen: Observation) -> Reading | None:
        value = seen.get("repeats")
        if not math.isfinite(value):
            return None
        self.recent = [*self.recent, value][-self.checks :]
        if len(self.recent) < self.checks:
            return None
        share = statistics.median(self.recent)
        return Reading(share, self.limit, f"{share:.0%} of the samples repeat another, beyond what real ones do")
