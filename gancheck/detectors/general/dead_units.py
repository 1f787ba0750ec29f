"""ReLU units that never answer. Lu et al., "Dying ReLU and initialization", 2019."""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import usable
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector(
    "dead-units", family="general", needs=("dead_units",), explains=("vanishing-gradients", "plateau"), paper="Lu 2019"
)
@dataclass
class DeadUnits(Detector):
    """Most units of a ReLU layer are zero for every input, so nothing can teach them any more.

    The largest share, over layers, of units that were zero in every row of the last checks' batches: above `share`. A
    sparse layer, whose units answer for few inputs each, is silent. It sees only ReLUs that are modules, not `F.relu`.
    """

    acts_on = ("dead_units",)
    cause = "a learning rate that was too large for a while, or biases that start far below zero"
    advice = "a lower learning rate with a warm-up, LeakyReLU, or Kaiming initialisation with biases at zero"

    share: float = 0.6  #: of a layer's units

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise BadParameter(f"share = {self.share}: give a number between 0 and 1")

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        known = usable(seen.of_layers("dead_units"), -1.0)
        if not known:
            return None
        layer = max(known, key=known.__getitem__)
        return Reading(known[layer], self.share, f"{known[layer]:.0%} of the units answered no input", layer)
