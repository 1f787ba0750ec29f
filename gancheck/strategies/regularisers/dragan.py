"""DRAGAN: hold the discriminator's gradient norm near 1 in a neighbourhood of the real data.

Kodali et al., "On convergence and stability of GANs", 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy


@strategy("dragan", family="regulariser", paper="Kodali et al., 2017")
@dataclass(frozen=True)
class Dragan(Strategy):
    """Add weight * E (||grad D(x + u)|| - 1)^2, u uniform on [0, spread * std(x)]."""

    weight: float = 10.0  #: lambda in the paper
    spread: float = (
        0.5  #: of the perturbation, in standard deviations of the batch; one-sided, as published code has it
    )

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        push = game.uniform("dragan", game.real.shape)
        norm: Tensor = game.input_gradient(game.real + self.spread * game.real.std() * push).flatten(1).norm(dim=1)
        return loss + self.weight * (norm - 1).square().mean()
