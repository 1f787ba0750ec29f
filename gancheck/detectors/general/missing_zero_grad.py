"""Gradients that were not cleared between steps."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter

#: times by which a sum of gradients grows over the checks that are looked at; a sum of n has grown by 1 / n a step
GROWTH = 1.3


@detector(
    "missing-zero-grad",
    family="general",
    needs=("gradient_cosine", "gradient_norm", "loss"),
    explains=("divergence", "rate-too-high"),
)
@dataclass
class MissingZeroGrad(Detector):
    """Each gradient still holds all the ones before it: they are not cleared between steps.

    The median cosine between gradients of two steps in a row over the last `window` checks: above `cosine`, while the
    norm of the gradient has grown by three tenths over them, to more than at the first checks, and the loss has not
    fallen. One step adds little to a sum of many, so the sum keeps its direction and grows. A tenth is subtracted where
    the norm has not grown, or the loss has fallen: on one large batch a gradient may keep its direction and grow too,
    when a training leaves a plateau, and so may the small one of a training that is nearly done. It judges trainings
    with one loss; a GAN's players circle each other with gradients much alike, so it is silent there.
    """

    acts_on = ("loss", "gradient_cosine")
    severity = "warning"
    cause = "optimizer.zero_grad() is missing, or clears another optimiser's parameters"
    advice = "call optimizer.zero_grad() once before every backward pass (or after every step)"

    cosine: float = 0.98  #: between gradients of two steps in a row
    window: int = 5  #: checks
    cosines: list[float] = field(default_factory=list, init=False)
    norms: list[float] = field(default_factory=list, init=False)
    first: list[float] = field(default_factory=list, init=False)  #: norms at the first checks
    losses: list[float] = field(default_factory=list, init=False)  #: mean from check to check
    total: float = field(default=0.0, init=False)
    steps: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if not 0 < self.cosine < 1:
            raise BadParameter(f"cosine = {self.cosine}: give a number between 0 and 1")
        if self.window < 2:
            raise BadParameter(f"window = {self.window}: give at least 2 checks")

    def start(self) -> None:
        """Forget all gradients."""
        self.cosines, self.norms, self.first, self.losses = [], [], [], []
        self.total, self.steps = 0.0, 0

    def update(self, seen: Observation) -> Reading | None:
        loss = seen.get("loss")
        if math.isfinite(loss):
            self.total, self.steps = self.total + loss, self.steps + 1
        if "gradient_cosine" not in seen.numbers:
            return None
        cosine, norm = seen.get("gradient_cosine"), seen.get("gradient_norm")
        if not (math.isfinite(cosine) and math.isfinite(norm) and self.steps):
            return None
        self.cosines = [*self.cosines, cosine][-self.window :]
        self.norms = [*self.norms, norm][-2 * self.window :]
        self.first = [*self.first, norm][: self.window]
        self.losses = [*self.losses, self.total / self.steps][-2 * self.window :]
        self.total, self.steps = 0.0, 0
        return self.reading() if len(self.norms) == 2 * self.window else None

    def reading(self) -> Reading:
        """The median cosine, less what speaks for another reason."""
        cosine = statistics.median(self.cosines)
        healthy = (not self.is_sum) + (not self.has_grown(self.losses))
        said = f"gradients of two steps in a row have cosine {cosine:.4f} and grow"
        return Reading(cosine - 0.1 * healthy, self.cosine, said)

    @property
    def is_sum(self) -> bool:
        """Whether the norm grows as that of a sum does, and is larger than at first."""
        is_large = statistics.median(self.norms[self.window :]) > statistics.median(self.first)
        return is_large and self.has_grown(self.norms, GROWTH)

    def has_grown(self, values: list[float], least: float = 1.0) -> bool:
        """Whether the later half lies above `least` times the earlier one."""
        return statistics.median(values[self.window :]) > least * statistics.median(values[: self.window])
