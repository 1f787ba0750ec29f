"""Gradient clipping: a gradient that is longer than a bound is shortened to it, in its own direction.

Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", ICML 2013. The norm is taken over
all of a player's weights. Adam divides by the size of past gradients, so under it a bound shortens what stands out and
no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.state import Params
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy(
    "gradient-clipping", family="regulariser", paper="Pascanu et al., ICML 2013", search={"norm": Log(0.01, 100.0)}
)
@dataclass(frozen=True)
class GradientClipping(Strategy):
    """Multiply each player's gradient g by min(1, norm / ||g||)."""

    norm: float = 1.0  #: longest gradient; a choice of ours, the paper takes it from how long gradients usually are

    def __post_init__(self) -> None:
        if not self.norm > 0:
            raise BadParameter(f"norm = {self.norm} must be positive")

    def gradients(self, gradients: dict[str, Params], game: Game) -> dict[str, Params]:
        return {player: self.clip(slopes) if slopes else slopes for player, slopes in gradients.items()}

    def clip(self, slopes: Params) -> Params:
        """One player's gradient, at most as long as the bound."""
        length = torch.stack([slope.square().sum() for slope in slopes.values()]).sum().sqrt()
        scale = (self.norm / length.clamp_min(1e-12)).clamp_max(1)
        return {name: scale * slope for name, slope in slopes.items()}
