"""R2: penalise the discriminator's slope at generated data.

Mescheder, Geiger & Nowozin, "Which training methods for GANs do actually converge?", ICML 2018. The paper shows that
R1 or R2 alone makes the GAN converge near its equilibrium; `r1r2` has both.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._slopes import squared_slopes
from gancheck.strategies.search_space import Log


@strategy("r2", family="regulariser", paper="Mescheder et al., ICML 2018", search={"gamma": Log(0.1, 1_000.0)})
@dataclass(frozen=True)
class R2(Strategy):
    """Add gamma/2 * E_z ||grad D(G(z))||^2 to the discriminator's loss."""

    gamma: float = 10.0  #: weight; the paper's for images, as in `r1`

    def __post_init__(self) -> None:
        if self.gamma < 0:
            raise BadParameter(f"gamma = {self.gamma} is negative")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.gamma / 2 * squared_slopes(game, game.fake).mean()
