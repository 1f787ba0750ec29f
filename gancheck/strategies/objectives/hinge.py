"""The hinge loss: the discriminator stops caring about samples beyond its margin.

Lim & Ye, "Geometric GAN", 2017; Miyato et al., "Spectral normalization for generative adversarial networks", ICLR 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import relu

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy


@strategy("hinge", family="objective", paper="Lim & Ye, 2017")
@dataclass(frozen=True)
class Hinge(Strategy):
    """D minimises relu(1 - D(x)) + relu(1 + D(G(z))), G minimises -D(G(z))."""

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(relu(1 - game.real_logits), "real") + game.average(relu(1 + game.fake_logits), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return -game.average(game.fake_logits, "fake")
