"""Zero-centred gradient penalty between real and generated samples, so that the discriminator generalises.

Thanh-Tung, Tran & Venkatesh, "Improving generalization and stability of generative adversarial networks", ICLR 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._slopes import between, squared_slopes
from gancheck.strategies.search_space import Log


@strategy("zero-gp", family="regulariser", paper="Thanh-Tung et al., ICLR 2019", search={"weight": Log(0.1, 1_000.0)})
@dataclass(frozen=True)
class ZeroGp(Strategy):
    """Add weight * E ||grad D(a x + (1-a) G(z))||^2, a uniform on [0, 1]."""

    weight: float = 10.0  #: lambda; the default of the authors' code for points

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise BadParameter(f"weight = {self.weight} is negative")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.weight * squared_slopes(game, between(game, "zero-gp")).mean()
