"""Steps that overshoot: gradients of steps in a row that point against each other, the statistic of Pflug (1990)."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.detectors.series import LossRun, falls, gradient_cosine
from gancheck.errors import BadParameter
from gancheck.statistics.sequential import Window, standard_error

MOVES = 0.01  #: spread of the loss over its size below which it has come to rest


@detector(
    "rate-too-high",
    family="general",
    needs=("gradient_cosine", "loss"),
    explains=(
        *("divergence", "loss-spike", "nonfinite", "exploding-gradients", "plateau", "stuck", "underfitting"),
        *("performance-drop", "dead-units", "sharpness"),
    ),
)
@dataclass
class RateTooHigh(Detector):
    """The steps are so large that training jumps back and forth instead of going down.

    Upper end of the interval, mean + 2 standard errors, of the cosine between gradients of two steps in a row over the
    last `window` checks, below `cosine`. A cosine from -1 to 1. Large steps at which the loss still falls are no fault,
    nor is a loss at rest; with momentum the cosine of a healthy training stays positive. It cannot see a rate that is
    too high for gradients that are mostly noise, whose cosine is about 0 at any rate. It says nothing of a GAN, whose
    players answer each other: gradients that turn back are how they play.
    """

    cosine: float = -0.1  #: mean cosine below which steps overshoot
    window: int = 20  #: checks

    acts_on = ("loss_block", "learning_rate", "gradient_cosine")
    patience = 4
    cause = "a learning rate that is too high: each step overshoots, and the next one corrects it"
    advice = "a learning rate three times lower, or a warm-up"

    run: LossRun = field(default_factory=LossRun, init=False)
    cosines: Window = field(init=False)
    has_loss: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        if not -1 < self.cosine <= 0 or self.window < 4:
            raise BadParameter(f"cosine = {self.cosine}, window = {self.window}: needs (-1, 0], and at least 4")
        self.start()

    def start(self) -> None:
        self.run, self.cosines, self.has_loss = LossRun(), Window(self.window), False

    def update(self, seen: Observation) -> Reading | None:
        self.run.add(seen)
        self.has_loss = self.has_loss or "loss_block" in seen.numbers
        cosine = gradient_cosine(seen)
        self.cosines.add(cosine)
        return self.reading() if self.has_loss and math.isfinite(cosine) and self.cosines.is_full else None

    def reading(self) -> Reading:
        """The upper end of the mean cosine; never suspicious while the loss falls or rests."""
        mean = statistics.fmean(self.cosines.values)
        upper = mean + 2 * standard_error(self.cosines.values)
        seen = f"gradients of steps in a row point against each other: mean cosine {mean:.2f} over "
        seen += f"{len(self.cosines.values)} checks"
        is_healthy = upper < self.cosine and self.falls_or_rests
        return Reading(self.cosine if is_healthy else upper, self.cosine, seen, below=True)

    @property
    def falls_or_rests(self) -> bool:
        """Whether the loss gets lower in the latter half of the run, or hardly changes any more; not where unknown."""
        half = self.run.loss.latter_half
        if len(half) < 4:
            return False
        size = statistics.median(abs(v) for v in half)
        return falls(half) or max(half) - min(half) < MOVES * size
