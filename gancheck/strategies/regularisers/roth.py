"""The regulariser that stands for noise on the samples: slopes are penalised most where the discriminator is wrong.

Roth, Lucchi, Nowozin & Hofmann, "Stabilizing training of generative adversarial networks through regularization",
NeurIPS 2017, for the Jensen-Shannon divergence. Its weights are those of cross entropy whatever the objective is,
and take logits to be high for real samples, which those of the second critic of `d2gan` are not.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._slopes import squared_slopes
from gancheck.strategies.search_space import Log


@strategy("roth", family="regulariser", paper="Roth et al., NeurIPS 2017", search={"gamma": Log(0.001, 10.0)})
@dataclass(frozen=True)
class Roth(Strategy):
    """Add gamma/2 * (E (1-s(D(x)))^2 ||grad D(x)||^2 + E s(D(G(z)))^2 ||grad D(G(z))||^2), s the sigmoid."""

    gamma: float = 0.1  #: variance of the noise it stands for, at the start; the default of the authors' code
    decay: float = (
        0.01  #: share of gamma left at the end, reached exponentially; the default of the authors' code. 1: gamma stays
    )

    def __post_init__(self) -> None:
        if self.gamma < 0 or not 0 < self.decay <= 1:
            raise BadParameter(
                f"gamma = {self.gamma}, decay = {self.decay}: a weight from 0 on, and a share of it in (0, 1]"
            )

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real = (-game.real_logits).sigmoid().square() * squared_slopes(game, game.real)
        fake = game.fake_logits.sigmoid().square() * squared_slopes(game, game.fake)
        return loss + self.gamma / 2 * self.decay**game.progress * (real.mean() + fake.mean())
