"""Weight decay: an L2 term on the weights, by the optimiser's own.

Krogh & Hertz, "A simple weight decay can improve generalization", NeurIPS 1991. The term joins the gradient, so it
means the same to every optimiser and to what looks ahead through Adam's steps; an optimiser that is adamw decays the
weights directly, as Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019, have it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gancheck.errors import BadParameter
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy(
    "weight-decay", family="regulariser", paper="Krogh & Hertz, NeurIPS 1991", search={"decay": Log(0.000_001, 0.01)}
)
@dataclass(frozen=True)
class WeightDecay(Strategy):
    """Add decay * w to the gradient of every weight w, as decay/2 * ||w||^2 in the loss would."""

    decay: float = 1e-4  #: weight of the term; a choice of ours
    players: Literal["discriminator", "all"] = (
        "discriminator"  #: whose weights; who moves in its turn, as further critics, does so too
    )

    def __post_init__(self) -> None:
        if self.decay < 0:
            raise BadParameter(f"decay = {self.decay} is negative")

    def settings(self, settings: Settings) -> Settings:
        if self.players == "discriminator":
            return settings.tuned("discriminator", weight_decay=self.decay)
        changed = replace(settings, default=replace(settings.default, weight_decay=self.decay))
        for player in settings.players:
            changed = changed.tuned(player, weight_decay=self.decay)
        return changed
