"""Least squares GAN: logits are regressed on 1 and 0.

Mao et al., "Least squares generative adversarial networks", ICCV 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy


@strategy("lsgan", family="objective", paper="Mao et al., ICCV 2017")
@dataclass(frozen=True)
class LeastSquares(Strategy):
    """Least squares in place of cross entropy: D minimises (D(x)-1)^2/2 + D(G(z))^2/2, G minimises (D(G(z))-1)^2/2."""

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real = game.average((game.real_logits - 1).square(), "real")
        return real / 2 + game.average(game.fake_logits.square(), "fake") / 2

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average((game.fake_logits - 1).square(), "fake") / 2
