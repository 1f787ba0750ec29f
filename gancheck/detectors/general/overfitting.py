"""Validation that gets worse while training gets better. Prechelt, "Early stopping - but when?", 1998."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.detectors.series import climbs, falls, noise
from gancheck.errors import BadParameter

LAST = 3  #: evaluations that must all be above the best
MOST = 40  #: evaluations since the best that are kept; every second one is dropped once there are more


@detector(
    "overfitting", family="general", needs=("loss", "val_loss"), explains=("performance-drop",), paper="Prechelt 1998"
)
@dataclass
class Overfitting(Detector):
    """The model learns its training data by heart: validation loss rises while training loss falls.

    (lowest of the last three val_loss - best) / max(margin * |best|, errors * noise), above 1, with val_loss rising and
    the mean training loss between evaluations falling since the best (Kendall's trends, p < 0.05). Best is the lowest
    median of three, noise comes from differences of neighbours. In margins. Levels are not compared, so dropout, which
    holds training above validation, does no harm. It cannot see a gap that was there from the first evaluation on.
    """

    margin: float = 0.1  #: rise over the best, relative to it
    errors: float = 4.0  #: rise over the best, in standard deviations of one evaluation

    acts_on = ("loss", "val_loss")
    cause = "a model that is large for its data, or a training that is too long for it"
    advice = "the checkpoint of the best validation, more data or augmentation, weight decay or dropout"

    total: float = field(default=0.0, init=False)
    count: int = field(default=0, init=False)
    best: float = field(default=math.inf, init=False)
    values: list[float] = field(default_factory=list, init=False)  #: last evaluations
    validation: list[float] = field(default_factory=list, init=False)  #: since the best
    training: list[float] = field(default_factory=list, init=False)  #: since the best

    def __post_init__(self) -> None:
        if self.margin <= 0 or self.errors < 0:
            raise BadParameter(f"margin = {self.margin}, errors = {self.errors}: needs above 0, and at least 0")

    def start(self) -> None:
        self.total, self.count, self.best = 0.0, 0, math.inf
        self.values, self.validation, self.training = [], [], []

    def update(self, seen: Observation) -> Reading | None:
        loss = seen.get("loss")
        if math.isfinite(loss):
            self.total, self.count = self.total + loss, self.count + 1
        value = seen.get("val_loss")
        if not math.isfinite(value) or not self.count:
            return None
        self.evaluate(value, self.total / self.count)
        self.total, self.count = 0.0, 0
        return self.reading() if len(self.values) >= 2 * LAST else None

    def evaluate(self, value: float, training: float) -> None:
        """Take one evaluation, and begin anew where it is the best."""
        self.values = [*self.values, value][-MOST:]
        self.validation, self.training = [*self.validation, value], [*self.training, training]
        level = statistics.median(self.values[-LAST:])
        if len(self.values) >= LAST and level < self.best:
            self.best = level
            self.validation, self.training = self.validation[-LAST:], self.training[-LAST:]
        if len(self.validation) > MOST:
            self.validation, self.training = self.validation[::2], self.training[::2]

    def reading(self) -> Reading:
        """The rise since the best, in margins; at most 1 where the trends are not opposed."""
        margin = max(self.margin * abs(self.best), self.errors * noise(self.values), 1e-12)
        rise = (min(self.values[-LAST:]) - self.best) / margin
        opposed = rise > 1 and climbs(self.validation) and falls(self.training)
        seen = f"val_loss rose to {self.values[-1]:.4g} from its best, {self.best:.4g}, while loss fell from "
        seen += f"{self.training[0]:.4g} to {self.training[-1]:.4g}"
        return Reading(rise if opposed else min(rise, 1.0), 1.0, seen)
