"""Lipschitz GAN's penalty: of a batch, only the steepest point counts.

Zhou et al., "Lipschitz generative adversarial nets", ICML 2019. Points lie between real and generated samples. The
authors' code for points of the plane also puts the steepest eighth of one update's points among those of the next; here
every update draws its own, as in their code for images.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._slopes import between, squared_slopes
from gancheck.strategies.search_space import Log


@strategy("max-gp", family="regulariser", paper="Zhou et al., ICML 2019", search={"weight": Log(0.001, 10.0)})
@dataclass(frozen=True)
class MaxGp(Strategy):
    """Add weight * max_i ||grad D(x_i)||^2 over points x_i between real and generated samples."""

    weight: float = 0.1  #: lambda; the default of the authors' code, for points as for images

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise BadParameter(f"weight = {self.weight} is negative")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.weight * squared_slopes(game, between(game, "max-gp")).max()
