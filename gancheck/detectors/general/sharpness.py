"""A loss too sharp for its learning rate. Cohen et al., "Gradient descent on neural networks typically occurs at the
edge of stability", ICLR 2021."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("sharpness", family="general", needs=("sharpness", "learning_rate"), paper="Cohen 2021")
@dataclass
class Sharpness(Detector):
    """The loss is so sharply curved that steps of this learning rate jump over its minimum and back.

    Rule: (largest eigenvalue of the Hessian) * (learning rate) > `most`, in two measurements in a row; it has no unit.
    Plain gradient descent is stable below 2, and healthy training hovers just there, at the edge of stability; with
    momentum m the edge is 2 + 2 m, and small batches and early training pass it for a while. So the alarm stands at ten
    times the edge. Adam and its kin divide each weight's step by the size of its gradients: for them the product has no
    natural edge, and losses that are sums over a batch may pass this one in good health. It cannot see a rate that is
    slightly too high, which the loss shows.
    """

    acts_on = ("sharpness", "learning_rate")
    severity = "warning"
    patience = 2
    cause = "a learning rate too high for this loss, or inputs or a loss of a large scale"
    advice = "a lower learning rate, a warm-up, normalised inputs, or the mean of losses instead of their sum"

    most: float = 20.0  #: sharpness times learning rate; the edge of stability is 2
    rate: float = field(default=math.nan, init=False)

    def __post_init__(self) -> None:
        if not self.most > 2:
            raise BadParameter(f"most = {self.most}: must be above 2, the edge of stability")

    def start(self) -> None:
        self.rate = math.nan

    def update(self, seen: Observation) -> Reading | None:
        rate, sharpness = seen.get("learning_rate"), seen.get("sharpness")
        self.rate = rate if math.isfinite(rate) else self.rate
        product = sharpness * self.rate
        if not math.isfinite(product):
            return None
        return Reading(
            product, self.most, f"sharpness {sharpness:.3g} times learning rate {self.rate:.3g}: {product:.3g}"
        )
