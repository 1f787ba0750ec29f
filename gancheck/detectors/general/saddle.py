"""A training that waits on a saddle. Dauphin et al., "Identifying and attacking the saddle point problem in
high-dimensional non-convex optimization", NeurIPS 2014."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("saddle", family="general", needs=("negative_curvature",), paper="Dauphin 2014")
@dataclass
class Saddle(Detector):
    """The gradient is almost zero, but the loss would fall along a direction that the gradient does not show.

    Rule: -(smallest eigenvalue of the Hessian) / (norm of the gradient) > `most`, in two measurements in a row. The
    unit is one over that of the weights: at 10, one tenth of the weights' unit along that direction doubles the slope.
    It is 0 in a minimum, flat or sharp. It cannot see a saddle that is left between two measurements, nor a plateau
    without any negative curvature.
    """

    acts_on = ("negative_curvature",)
    severity = "warning"
    patience = 2
    cause = "weights that start too small or too much alike, so that their layers cancel out"
    advice = "a usual initialisation (Kaiming, Xavier), momentum, more gradient noise, or normalisation layers"

    most: float = 10.0  #: negative curvature over the gradient's norm that is still usual; healthy nets measure about 1

    def __post_init__(self) -> None:
        if not self.most > 0:
            raise BadParameter(f"most = {self.most}: must be above 0")

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        ratio = seen.get("negative_curvature")
        if not math.isfinite(ratio):
            return None
        return Reading(ratio, self.most, f"the loss curves down by {ratio:.3g} times the gradient's norm")
