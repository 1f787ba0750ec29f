"""Discriminator weights that lose their directions. Liu et al., "Spectral regularization for combating mode collapse in
GANs", ICCV 2019."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import usable
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("spectral-collapse", family="collapse", needs=("spectrum",), paper="Liu 2019")
@dataclass
class SpectralCollapse(Detector):
    """The discriminator's weights use ever fewer directions, which comes before or with mode collapse.

    log10 of (effective rank of a weight matrix / the best that it had so far), the lowest of all matrices: below
    log10(`ratio`). The paper gives no threshold. It cannot see a discriminator that starts poor, nor one without
    matrices of at least 8 units.
    """

    acts_on = ("spectrum",)
    cause = "a discriminator that rests on few features, often when it wins for too long"
    advice = "spectral normalisation or R1, a lower rate for the discriminator, or data augmentation"

    ratio: float = 0.5  #: of the best effective rank
    best: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if not 0 < self.ratio < 1:
            raise BadParameter(f"ratio = {self.ratio}: give a number between 0 and 1")

    def start(self) -> None:
        """Forget the best."""
        self.best = {}

    def update(self, seen: Observation) -> Reading | None:
        known = usable(seen.of_layers("spectrum"))
        falls = {layer: math.log10(value / self.best[layer]) for layer, value in known.items() if layer in self.best}
        self.best = {**self.best, **{layer: max(v, self.best.get(layer, 0.0)) for layer, v in known.items()}}
        if not falls:
            return None
        layer = min(falls, key=falls.__getitem__)
        said = f"effective rank is {known[layer]:.3f}, {10 ** falls[layer]:.0%} of its best"
        return Reading(falls[layer], math.log10(self.ratio), said, layer, below=True)
