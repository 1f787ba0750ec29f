"""The relativistic pairing loss: real samples are judged against generated ones, not against a threshold.

Jolicoeur-Martineau, "The relativistic discriminator", ICLR 2019 (RSGAN); Huang et al., "The GAN is dead; long live the
GAN!", NeurIPS 2024 (RpGAN, with `r1r2` as R3GAN).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy


@strategy("rpgan", family="objective", paper="Jolicoeur-Martineau, ICLR 2019")
@dataclass(frozen=True)
class RelativisticPairing(Strategy):
    """D minimises sp(D(G(z)) - D(x)) over pairs, G minimises sp(D(x) - D(G(z)))."""

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(game.fake_logits - game.real_logits), "real", "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(game.real_logits - game.fake_logits), "real", "fake")
