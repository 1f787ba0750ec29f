"""The relativistic average loss: each side is judged against the mean of the other.

Jolicoeur-Martineau, "The relativistic discriminator: a key element missing from standard GAN", ICLR 2019 (RaSGAN).
Beside a strategy that weighs rows, the means are weighted too.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy


@strategy("ragan", family="objective", paper="Jolicoeur-Martineau, ICLR 2019")
@dataclass(frozen=True)
class RelativisticAverage(Strategy):
    """D minimises sp(mean D(G(z)) - D(x)) + sp(D(G(z)) - mean D(x)), G the same with both signs changed."""

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real, fake = relative_logits(game)
        return game.average(softplus(-real), "real") + game.average(softplus(fake), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real, fake = relative_logits(game)
        return game.average(softplus(real), "real") + game.average(softplus(-fake), "fake")


def relative_logits(game: Game) -> tuple[Tensor, Tensor]:
    """(rows,) logits of real samples over the mean of generated ones, and of generated samples over that of real."""
    real, fake = game.real_logits, game.fake_logits
    return real - game.average(fake, "fake"), fake - game.average(real, "real")
