"""The minimax loss, a negative control: the generator's gradient fades while the discriminator is sure.

Goodfellow et al., "Generative adversarial nets", NeurIPS 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy


@strategy("saturating", family="objective", paper="Goodfellow et al., NeurIPS 2014")
@dataclass(frozen=True)
class Saturating(Strategy):
    """The generator minimises log(1 - D(G(z))), as the zero-sum game has it: a negative control."""

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.real_logits), "real") + game.average(softplus(game.fake_logits), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return -game.average(softplus(game.fake_logits), "fake")
