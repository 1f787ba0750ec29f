"""R1 and R2 together: penalise the discriminator's slope at real and at generated data. `rpgan+r1r2` is R3GAN's loss.

Huang et al., "The GAN is dead; long live the GAN! A modern GAN baseline", NeurIPS 2024.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._slopes import squared_slopes
from gancheck.strategies.search_space import Log


@strategy("r1r2", family="regulariser", paper="Huang et al., NeurIPS 2024", search={"gamma": Log(0.01, 100.0)})
@dataclass(frozen=True)
class R1R2(Strategy):
    """Add gamma/2 * (E_x ||grad D(x)||^2 + E_z ||grad D(G(z))||^2) to the discriminator's loss, at every step."""

    gamma: float = 1.0  #: weight of both; the paper's Stacked MNIST run goes from 1 to 0.1

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        slopes = [squared_slopes(game, seen).mean() for seen in (game.real, game.fake)]
        return loss + self.gamma / 2 * (slopes[0] + slopes[1])
