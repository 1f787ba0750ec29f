"""Activations through which a deep network's signal fades. Glorot & Bengio, "Understanding the difficulty of training
deep feedforward neural networks", AISTATS 2010."""

from __future__ import annotations

import itertools
import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import by_model, usable
from gancheck.detectors.observation import LayerNumbers, Observation
from gancheck.errors import BadParameter

LEAST = 5  #: layers, below which there is no depth to speak of


@detector(
    "unsuited-activation",
    family="general",
    needs=("activation_spread",),
    explains=("vanishing-gradients", "plateau"),
    paper="Glorot & Bengio 2010",
)
@dataclass
class UnsuitedActivation(Detector):
    """What distinguishes two inputs fades from layer to layer, as through many sigmoids.

    The median step, in decades, by which the spread of the outputs shrinks from one layer with weights to the next
    (Theil's slope of its log10 over depth, negated): above `slope`, at the first `checks` checks, in a model of five
    layers or more. Layers whose output does not vary at all are left out, and nothing is said while units are dead.
    """

    acts_on = ("activation_spread",)
    cause = "a stack of sigmoid or tanh layers, which flatten their input, or weights that start far too small"
    advice = "ReLU, GELU or SiLU in the hidden layers, or a normalisation layer between them"

    slope: float = 0.6  #: decades lost from layer to layer
    checks: int = 5  #: how long it is the start
    count: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if not self.slope > 0 or self.checks < 2:
            raise BadParameter("unsuited-activation: slope is above 0, and checks at least 2")

    def start(self) -> None:
        """A training begins."""
        self.count = 0

    def update(self, seen: Observation) -> Reading | None:
        spreads = seen.of_layers("activation_spread")
        if self.count >= self.checks or not spreads:
            return None
        self.count += 1
        if any(share > 0.5 for share in seen.of_layers("dead_units").values()):
            return None
        known = [found for values in by_model(spreads).values() if (found := fading(values)) is not None]
        if not known:
            return None
        slope, layer = max(known)
        said = f"outputs spread {10**slope:.3g} times less with every layer"
        return Reading(slope, self.slope, said, layer)


def fading(spreads: LayerNumbers) -> tuple[float, str] | None:
    """Decades lost from layer to layer, and the last layer; None in a shallow model."""
    known = usable(spreads)
    if len(known) < LEAST:
        return None
    places = list(enumerate(math.log10(value) for value in known.values()))
    slopes = [(b - a) / (j - i) for (i, a), (j, b) in itertools.combinations(places, 2)]
    return -statistics.median(slopes), list(known)[-1]
