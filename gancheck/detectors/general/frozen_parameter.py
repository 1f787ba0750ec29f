"""Parameters that no optimiser moves."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import streaks, usable
from gancheck.detectors.observation import LayerNumbers, Observation
from gancheck.errors import BadParameter

ROUNDING = 1e-6  #: an update ratio below which single precision may swallow a step
CONVERGED = 1e-3  #: of the largest gradient so far, below which nothing need move any more
LEAST = 1e-4  #: of the weights: a gradient that is smaller need not move them; a line search ends there


@detector("frozen-parameter", family="general", needs=("unmoved",))
@dataclass
class FrozenParameter(Detector):
    """A layer gets a gradient, but no step changes it: the optimiser does not hold it.

    The longest row of checks, over layers, at which a layer had a gradient that is not zero, and not one of its numbers
    changed: more than `checks` - 1. It counts only while other layers move well beyond rounding. Where none moves, it
    counts while neither the rate nor, once something moved, the gradient is below a thousandth of its largest, and the
    gradient is not below 1e-4 of the weights: the end of a schedule and a converged training are silent. Intended
    freezes (`requires_grad=False`, a learning rate of 0) are silent; a layer of which one parameter moves is not seen.
    """

    acts_on = ("learning_rate", "unmoved", "update_ratio", "layer_gradient", "layer_weight")
    severity = "warning"
    patience = 1
    cause = "parameters that were not given to the optimiser, or were replaced after it was made"
    advice = "build the optimiser from model.parameters() after the model is complete; freeze with requires_grad=False"

    checks: int = 3  #: in a row
    rows: dict[str, int] = field(default_factory=dict, init=False)
    largest_rate: float = field(default=0.0, init=False)
    largest_gradient: float = field(default=0.0, init=False)
    has_moved: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        if self.checks < 1:
            raise BadParameter(f"checks = {self.checks}: give at least 1")

    def start(self) -> None:
        """Forget all rows."""
        self.rows, self.largest_rate, self.largest_gradient, self.has_moved = {}, 0.0, 0.0, False

    def update(self, seen: Observation) -> Reading | None:
        rate = seen.get("learning_rate")
        self.largest_rate = max(self.largest_rate, rate) if math.isfinite(rate) else self.largest_rate
        self.largest_gradient = max(self.largest_gradient, largest(seen, "layer_gradient"))
        moves = usable(seen.of_layers("update_ratio"))
        self.has_moved = self.has_moved or bool(moves)
        unmoved = seen.of_layers("unmoved")
        if not unmoved or not (is_beyond_rounding(moves) if moves else self.should_move(seen, rate)):
            return None
        self.rows = streaks(self.rows, unmoved)
        layer = max(self.rows, key=self.rows.__getitem__)
        others = sum(row >= self.checks for row in self.rows.values()) - 1
        more = f", nor did {others} more layers" if others > 0 else ""
        said = f"it has a gradient but did not change at {self.rows[layer]} checks in a row{more}"
        return Reading(float(self.rows[layer]), self.checks - 1.0, said, layer)

    def should_move(self, seen: Observation, rate: float) -> bool:
        """Whether a step of this size should move something, where nothing moves."""
        gradient = largest(seen, "layer_gradient")
        converged = CONVERGED * self.largest_gradient if self.has_moved else 0.0
        if 0 < gradient < max(converged, LEAST * largest(seen, "layer_weight")):
            return False
        return not math.isfinite(rate) or rate > 1e-3 * self.largest_rate


def is_beyond_rounding(moves: LayerNumbers) -> bool:
    """Whether layers move so far that single precision does not swallow it."""
    return statistics.median(moves.values()) > ROUNDING


def largest(seen: Observation, name: str) -> float:
    """The largest number of a layer that is finite; 0 where there is none."""
    return max(usable(seen.of_layers(name)).values(), default=0.0)
