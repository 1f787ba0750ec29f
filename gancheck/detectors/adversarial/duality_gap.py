"""A game that moves away from its equilibrium. Grnarova et al., "A domain agnostic measure for monitoring and
evaluating GANs", NeurIPS 2019."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import BlockMeans


@detector("duality-gap", family="adversarial", needs=("duality_gap",), paper="Grnarova 2019")
@dataclass
class DualityGap(Detector):
    """Either player could win a lot by playing on alone, and more than before: the training leaves its best point.

    Rule: the cumulative sum of (gap - best) / spread - 1 > `most`, in spreads, over means of `block` measurements.
    Best is the smallest such mean so far, which sets the sum to zero; the spread is the root mean square of the changes
    between means, over root two, and at least half of the best. The gap itself is a share of the discriminator's gain.
    It says nothing in the first `warm_up` means, nor of a game that was bad from the start.
    """

    acts_on = ("duality_gap",)
    severity = "warning"
    patience = 2
    cause = "a mode collapse, a player that wins, or a game that begins to swing"
    advice = "going back to the checkpoint of the smallest gap, a lower rate, or an R1 penalty"

    most: float = 8.0  #: spreads summed up
    block: int = 3  #: measurements in a mean
    warm_up: int = 5  #: means before anything is said
    means: BlockMeans = field(default_factory=BlockMeans, init=False)
    count: int = field(default=0, init=False)
    last: float = field(default=math.nan, init=False)
    best: float = field(default=math.inf, init=False)
    squares: float = field(default=0.0, init=False)  #: of changes from one mean to the next, averaged over the warm-up
    total: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if not (self.most > 0 and self.block >= 1 and self.warm_up >= 3):
            raise BadParameter(f"most = {self.most}, block = {self.block}, warm_up = {self.warm_up}: too small")

    def start(self) -> None:
        self.means = BlockMeans(self.block)
        self.count, self.last, self.best, self.squares, self.total = 0, math.nan, math.inf, 0.0, 0.0

    def update(self, seen: Observation) -> Reading | None:
        gap = self.means.add(seen.get("duality_gap"))
        if gap is None:
            return None
        self.take(gap)
        if self.count <= self.warm_up:
            return None
        return Reading(self.total, self.most, f"duality gap {gap:.3g}, at best it was {self.best:.3g}")

    def take(self, gap: float) -> None:
        """Count one more mean."""
        self.count += 1
        is_early = self.count <= self.warm_up
        if is_early and self.count > 1:
            self.squares += (gap - self.last) ** 2 / (self.warm_up - 1)
        self.last = gap
        if gap < self.best or is_early:
            self.best, self.total = min(gap, self.best), 0.0
            return
        spread = max(math.sqrt(self.squares / 2), 0.5 * self.best, 1e-3)
        self.total = max(0.0, self.total + min((gap - self.best) / spread, self.most / 2) - 1)
