"""The minimax loss, a negative control: the generator's gradient fades while the discriminator is sure.

Goodfellow et al., "Generative adversarial nets", NeurIPS 2014. The generator's loss holds the term of real samples too,
which has no slope for it: only where the discriminator is foreseen, as in `saturating+unrolled`, does it count.
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
    """The generator maximises the discriminator's loss, as the zero-sum game has it: a negative control."""

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.real_logits), "real") + game.average(softplus(game.fake_logits), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return -self.discriminator_loss(loss, game)
