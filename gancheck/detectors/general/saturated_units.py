"""Units in the flat ends of tanh or sigmoid. Glorot & Bengio, "Understanding the difficulty of training deep
feedforward neural networks", AISTATS 2010."""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import usable
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector(
    "saturated-units",
    family="general",
    needs=("saturated_units",),
    explains=("vanishing-gradients", "plateau"),
    paper="Glorot & Bengio 2010",
)
@dataclass
class SaturatedUnits(Detector):
    """Most answers of a tanh or sigmoid layer lie at its ends, where hardly any gradient passes.

    The largest share, over layers, of answers within 1 % of an end: above `share` for three checks in a row. The last
    layer of a model, whose answers may well be near 0 and 1, is not measured; nor are `torch.tanh` and gates inside
    recurrent modules.
    """

    acts_on = ("saturated_units",)
    patience = 3
    cause = "weights or inputs that are too large, or a learning rate that made them so"
    advice = "inputs of unit scale, smaller initial weights, a normalisation layer before, or ReLU-like activations"

    share: float = 0.5  #: of a layer's answers

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise BadParameter(f"share = {self.share}: give a number between 0 and 1")

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        known = usable(seen.of_layers("saturated_units"), -1.0)
        if not known:
            return None
        layer = max(known, key=known.__getitem__)
        return Reading(known[layer], self.share, f"{known[layer]:.0%} of the answers are within 1 % of an end", layer)
