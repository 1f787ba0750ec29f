"""Steps too small to get anywhere: updates against weights, and gradients that keep their direction."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.detectors.series import LossRun, gradient_cosine
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import Window

GROWS = 1.2  #: updates that are this many times those of the window's first half are still warming up


@detector(
    "rate-too-low",
    family="general",
    needs=("loss", "update_ratio", "gradient_cosine"),
    explains=("stuck", "plateau", "underfitting"),
)
@dataclass
class RateTooLow(Detector):
    """The steps are so small that training hardly moves, though the gradient keeps pointing one way.

    log10 of the median over layers and the last `window` checks of |change| / |weights|, the largest so far, below
    log10(`ratio`), while the mean cosine of gradients of steps in a row is above `cosine` and at least `left` of the
    first loss is still there. In powers of ten. As the largest so far counts, the end of a schedule, where the
    weights moved before, is silent; so is a warm-up, whose updates grow. It cannot see
    a rate that is too low by less than that.
    """

    ratio: float = 1e-5  #: of a step's change to the weights
    cosine: float = 0.2  #: mean cosine above which the direction is steady; in many dimensions that is far from chance
    left: float = 0.9  #: share of the first loss that is still there
    window: int = 10  #: checks

    acts_on = ("loss_block", "learning_rate", "gradient_cosine", "update_ratio")
    cause = "a learning rate that is too low for this model"
    advice = "a learning rate ten times higher, again and again, until the loss moves"

    run: LossRun = field(default_factory=LossRun, init=False)
    ratios: Window = field(init=False)
    cosines: Window = field(init=False)
    largest: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if self.ratio <= 0 or not -1 <= self.cosine < 1 or self.window < 4:
            raise BadParameter("ratio is above 0, cosine in [-1, 1), and window at least 4")
        self.start()

    def start(self) -> None:
        self.run, self.largest = LossRun(), 0.0
        self.ratios, self.cosines = Window(self.window), Window(self.window)

    def update(self, seen: Observation) -> Reading | None:
        self.run.add(seen)
        ratios = [r for r in seen.of_layers("update_ratio").values() if math.isfinite(r) and r > 0]
        self.cosines.add(gradient_cosine(seen))
        if not ratios:
            return None
        self.ratios.add(statistics.median(ratios))
        if not (self.ratios.is_full and self.cosines.is_full and self.run.loss.means):
            return None
        return self.reading()

    def reading(self) -> Reading:
        """The size of the updates; never suspicious while they grow, turn, or lower the loss."""
        self.largest = max(self.largest, statistics.median(self.ratios.values))
        cosine, first, level = statistics.fmean(self.cosines.values), self.run.loss.first, self.run.loss.level
        is_unmoved = level >= first - (1 - self.left) * abs(first)
        is_slow = cosine > self.cosine and is_unmoved and not self.grows
        size, threshold = math.log10(self.largest), math.log10(self.ratio)
        seen = f"a step changes the weights by {self.largest:.1e} of their norm at most, while gradients keep their "
        seen += f"direction (cosine {cosine:.2f}) and loss went from {first:.4g} to {level:.4g}"
        return Reading(size if is_slow else max(size, threshold), threshold, seen, below=True)

    @property
    def grows(self) -> bool:
        """Whether updates grow within the window."""
        middle = len(self.ratios.values) // 2
        before, after = self.ratios.values[:middle], self.ratios.values[middle:]
        return statistics.median(after) > GROWS * statistics.median(before)
