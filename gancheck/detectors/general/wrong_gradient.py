"""A backward pass that is not the derivative of its forward pass."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("wrong-gradient", family="general", needs=("gradient_error",))
@dataclass
class WrongGradient(Detector):
    """Gradients do not fit the loss: moving the weights changes it otherwise than autograd says.

    Rule: |autograd's slope - slope of finite differences| / (the larger of both) > `most` along a direction, beyond
    what rounding and curvature explain, in two measurements in a row; it has no unit. It cannot see an error in a small
    part of a large model, nor any in half precision. Gradients that differ from the loss on purpose (a target through
    `detach()`, a straight-through estimator, a reversed gradient) look the same: leave this detector out there.
    """

    acts_on = ("gradient_error",)
    severity = "warning"
    patience = 2
    cause = "a backward() of a custom autograd.Function, a detach() or .data in the loss, or an operation in place"
    advice = "torch.autograd.gradcheck on each custom function, in double precision"

    most: float = 0.05  #: relative error of the slope that is still taken for numerics

    def __post_init__(self) -> None:
        if not 0 < self.most < 1:
            raise BadParameter(f"most = {self.most}: must lie between 0 and 1")

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        error = seen.get("gradient_error")
        if not math.isfinite(error):
            return None
        return Reading(error, self.most, f"the gradient's slope is {100 * error:.3g} % off the loss's own")
