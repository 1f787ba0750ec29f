"""R1: penalise the discriminator's slope at real data.

Mescheder, Geiger & Nowozin, "Which training methods for GANs do actually converge?", ICML 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._slopes import squared_slopes
from gancheck.strategies.search_space import Log


@strategy("r1", family="regulariser", paper="Mescheder et al., ICML 2018", search={"gamma": Log(0.1, 1_000.0)})
@dataclass(frozen=True)
class R1(Strategy):
    """Add gamma/2 * E_x ||grad_x D(x)||^2 to the discriminator's loss."""

    gamma: float = 10.0  #: weight; the paper has the 1/2, and so has this

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.gamma / 2 * squared_slopes(game, game.real).mean()
