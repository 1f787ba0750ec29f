"""The untreated GAN: every other strategy is compared with it.

Goodfellow et al., "Generative adversarial nets", NeurIPS 2014: the non-saturating loss that the paper trains with.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy


@strategy("none", family="objective", paper="Goodfellow et al., NeurIPS 2014")
@dataclass(frozen=True)
class NonSaturating(Strategy):
    """The non-saturating GAN, untreated: D minimises sp(-D(x)) + sp(D(G(z))), G minimises sp(-D(G(z)))."""

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.real_logits), "real") + game.average(softplus(game.fake_logits), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.fake_logits), "fake")
