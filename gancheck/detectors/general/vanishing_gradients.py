"""Gradients that fade on their way to the first layers. Glorot & Bengio, "Understanding the difficulty of training deep
feedforward neural networks", AISTATS 2010."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import by_model, thirds, usable
from gancheck.detectors.observation import LayerNumbers, Observation
from gancheck.errors import BadParameter

SMALLEST = 1e-30  #: stands for a gradient of zero


@detector(
    "vanishing-gradients",
    family="general",
    needs=("layer_gradient",),
    explains=("plateau", "frozen-parameter"),
    paper="Glorot & Bengio 2010",
)
@dataclass
class VanishingGradients(Detector):
    """The first layers get next to no gradient, so they do not learn.

    log10 of (largest root mean square gradient in the first third of the layers / median of the last third), in
    decades: below -3 for three checks in a row. A ratio, so a converged training with small gradients everywhere is
    silent; the largest of the first layers, so an embedding with few used rows is silent too. It needs four layers, and
    cannot see a single layer in the middle that gets nothing.
    """

    acts_on = ("layer_gradient",)
    patience = 3
    cause = "many layers with flat activations (sigmoid, tanh), or weights that start too small"
    advice = "ReLU-like activations, Kaiming or Xavier initialisation, normalisation layers, or residual connections"

    decades: float = 3.0  #: how much smaller the first layers' gradients may be

    def __post_init__(self) -> None:
        if not self.decades > 0:
            raise BadParameter(f"decades = {self.decades}: give a number above 0")

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        found = [fading(values) for values in by_model(seen.of_layers("layer_gradient")).values()]
        known = [pair for pair in found if pair is not None]
        if not known:
            return None
        ratio, layer = min(known)
        return Reading(
            ratio, -self.decades, f"gradients of the first layers are 10^{ratio:.1f} of the last", layer, True
        )


def fading(values: LayerNumbers) -> tuple[float, str] | None:
    """Decades from the last layers to the first, and the first layer; None where there are too few layers."""
    finite = {layer: value for layer, value in values.items() if math.isfinite(value)}
    early, late = thirds(list(finite.values()))
    if not early or not usable(finite) or statistics.median(late) <= 0:
        return None
    return math.log10(max(*early, SMALLEST) / statistics.median(late)), next(iter(finite))
