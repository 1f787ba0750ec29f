"""Inputs in a range for which layers are not initialised: raw pixels, or raw units. LeCun et al., "Efficient BackProp",
1998."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("input-range", family="data", needs=("input_mean", "input_deviation"), paper="LeCun 1998")
@dataclass
class InputRange(Detector):
    """Inputs are far larger or smaller than a model expects, such as pixels from 0 to 255.

    Statistic: the largest of |mean|, standard deviation, and 0.1 over the largest absolute input, of one batch;
    standardised inputs have about 1, pixels from 0 to 1 less. Rows of mostly zeros are well. It looks at the first
    batches only, and cannot see single columns that are out of range.
    """

    acts_on = ("input_mean",)
    severity = "notice"
    patience = 3
    cause = "data that was not standardised, or a division by 255 that is missing or was done twice"
    advice = "inputs with mean 0 and deviation 1, or from -1 to 1"

    limit: float = 10.0  #: times a standardised input

    def __post_init__(self) -> None:
        if self.limit <= 1:
            raise BadParameter(f"limit = {self.limit}: must be above 1")

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        mean, deviation, size = (seen.get(f"input_{name}") for name in ("mean", "deviation", "size"))
        if not (math.isfinite(mean) and math.isfinite(deviation)):
            return None
        small = 0.1 / max(size, 1e-12) if math.isfinite(size) else 0.0
        told = f"inputs have mean {mean:.3g} and deviation {deviation:.3g}"
        return Reading(max(abs(mean), deviation, small), self.limit, told)
