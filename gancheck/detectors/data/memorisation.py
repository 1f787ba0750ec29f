"""The generator gives back its training data.

Meehan et al., "A non-parametric test to detect data-copying in generative models", AISTATS 2020.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("memorisation", family="data", needs=("copies",), paper="Meehan 2020")
@dataclass
class Memorisation(Detector):
    """Samples are copies of training data, or nearly: they come nearer to it than new real data does.

    Statistic: median over the last `checks` checks of -log10 p of a Mann-Whitney test that samples are nearer to a
    training sample than held-out real ones; 6 is one chance in a million a check. It cannot see copies of training
    samples beyond the 10,000 that are looked at, nor copies of parts of an image.
    """

    acts_on = ("copies",)
    cause = "a generator with more room than the data fills, trained for long"
    advice = "more or augmented data, an earlier checkpoint, or a smaller generator"

    limit: float = 6.0  #: -log10 p
    checks: int = 3  #: over which the median is taken

    recent: list[float] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.limit <= 0 or self.checks < 1:
            raise BadParameter("limit must be above 0, and checks at least 1")

    def start(self) -> None:
        self.recent = []

    def update(self, seen: Observation) -> Reading | None:
        value = seen.get("copies")
        if not math.isfinite(value):
            return None
        self.recent = [*self.recent, value][-self.checks :]
        if len(self.recent) < self.checks:
            return None
        sure = statistics.median(self.recent)
        told = f"samples are nearer to training data than new real data is, p = 1e-{sure:.0f}"
        return Reading(sure, self.limit, told)
