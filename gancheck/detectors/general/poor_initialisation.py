"""Weights that start badly. He et al., "Delving deep into rectifiers", ICCV 2015."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import by_model, thirds, usable
from gancheck.detectors.observation import LayerNumbers, Observation
from gancheck.errors import BadParameter

Sign = tuple[float, str, str]  #: decades beyond what is usual, what was seen, and where


@detector(
    "poor-initialisation",
    family="general",
    needs=("effective_rank", "activation_spread"),
    explains=("exploding-gradients", "plateau", "divergence"),
    paper="He 2015",
)
@dataclass
class PoorInitialisation(Detector):
    """The weights start all alike, or so large that signals grow from layer to layer.

    The largest of three numbers, in decades beyond what is usual, above 0, at the first `checks` checks only: effective
    rank of a weight matrix below `rank` (units that are all alike stay so); spread of the last third of the layers'
    outputs over that of the first third above `growth`; first losses above twice `initial_loss`, if that was given. A
    matrix of zeros among others (a residual branch that starts at zero, LoRA) is silent; where all are zero they are
    alike. It cannot judge matrices with less than 11 units.
    """

    acts_on = ("loss", "activation_spread", "effective_rank")
    cause = "weights set to a constant or drawn too wide, or inputs that are not scaled"
    advice = "PyTorch's defaults, torch.nn.init.kaiming_normal_, and inputs with mean 0 and deviation 1"

    rank: float = 0.1  #: effective rank over the smaller side
    growth: float = 10.0  #: of the outputs' spread over depth
    checks: int = 3  #: how long it is the start
    count: int = field(default=0, init=False)
    first: list[float] = field(default_factory=list, init=False)
    ranks: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if not 0 < self.rank < 1 or not self.growth > 1 or self.checks < 2:
            raise BadParameter(
                "poor-initialisation: rank lies between 0 and 1, growth above 1, and checks is at least 2"
            )

    def start(self) -> None:
        """A training begins."""
        self.count, self.first, self.ranks = 0, [], {}

    def update(self, seen: Observation) -> Reading | None:
        if self.count >= self.checks:
            return None
        if len(self.first) < 3 and math.isfinite(seen.get("loss")):
            self.first = [*self.first, seen.get("loss")]
        spreads, ranks = seen.of_layers("activation_spread"), seen.of_layers("effective_rank")
        if not (spreads or ranks):
            return None
        self.count += 1
        self.ranks = self.ranks or dict(ranks)
        signs = [*self.alike(), *self.growing(spreads), *self.high(seen.get("initial_loss"))]
        return Reading(*self.worst(signs)) if signs else None

    def worst(self, signs: list[Sign]) -> tuple[float, float, str, str]:
        """The largest number with its evidence, for a reading."""
        decades, evidence, where = max(signs)
        return decades, 0.0, evidence, where

    def alike(self) -> Iterator[Sign]:
        """Matrices whose units are all alike."""
        known = {layer: v for layer, v in self.ranks.items() if math.isfinite(v)}
        if known and not any(known.values()):
            yield 1.0, "all weights are zero", next(iter(known))
        for name, value in usable(known).items():
            yield math.log10(self.rank / value), f"effective rank is {value:.3f} of what it could be", name

    def growing(self, spreads: LayerNumbers) -> Iterator[Sign]:
        """Signals that grow from layer to layer."""
        for values in by_model(spreads).values():
            known = usable(values)
            early, late = thirds(list(known.values()))
            if early:
                ratio = math.log10(statistics.median(late) / statistics.median(early))
                said = f"outputs of the last layers spread {10**ratio:.3g} times as far as those of the first"
                yield ratio - math.log10(self.growth), said, list(known)[-1]

    def high(self, expected: float) -> Iterator[Sign]:
        """A first loss far above that of a constant guess."""
        loss = statistics.median(self.first) if self.first else math.nan
        if expected > 0 and loss > 0:
            yield (
                math.log10(loss / (2 * expected)),
                f"the first loss is {loss:.3g}, a constant guess has {expected:.3g}",
                "",
            )
