"""Parameters that the loss does not reach."""

from __future__ import annotations

from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import streaks
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("detached-graph", family="general", needs=("no_gradient",))
@dataclass
class DetachedGraph(Detector):
    """The optimiser holds a layer that gets no gradient at all: the loss does not depend on it.

    The longest row of checks, over layers, at which no parameter of a layer had a gradient, nor at any step since the
    check before: more than `checks` - 1. A layer that had one before counts half, since it may only be used for some
    batches. Frozen layers
    (`requires_grad=False`) are silent. It cannot see a gradient that is there but wrong.
    """

    acts_on = ("no_gradient",)
    severity = "warning"
    patience = 1
    cause = "detach(), .data, .item(), torch.no_grad() or a conversion to numpy cuts the graph, or a layer is not used"
    advice = "compute the loss from the model's output by torch operations alone, and freeze unused layers"

    checks: int = 3  #: in a row
    rows: dict[str, int] = field(default_factory=dict, init=False)
    reached: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if self.checks < 1:
            raise BadParameter(f"checks = {self.checks}: give at least 1")

    def start(self) -> None:
        """Forget all rows."""
        self.rows, self.reached = {}, []

    def update(self, seen: Observation) -> Reading | None:
        missing = seen.of_layers("no_gradient")
        if not missing:
            return None
        self.rows = streaks(self.rows, missing)
        self.reached = sorted({*self.reached, *(layer for layer, value in missing.items() if value < 0.5)})
        known = set(self.reached)
        counted = {layer: row / (2 if layer in known else 1) for layer, row in self.rows.items()}
        layer = max(counted, key=counted.__getitem__)
        said = f"it asks for a gradient and got none at {self.rows[layer]} checks in a row"
        return Reading(counted[layer], self.checks - 1.0, said, layer)
