"""Instance noise: blur real and generated samples alike, less and less, so that their supports overlap.

Sonderby et al., "Amortised MAP inference for image super-resolution", ICLR 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game, Sample
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy(
    "instance-noise", family="discriminator", paper="Sonderby et al., ICLR 2017", search={"sigma": Log(0.01, 1.0)}
)
@dataclass(frozen=True)
class InstanceNoise(Strategy):
    """Add N(0, sigma^2) to everything the discriminator sees; sigma falls linearly to 0 over the run."""

    sigma: float = 0.1  #: at the start, in the data's units

    def __post_init__(self) -> None:
        if self.sigma < 0:
            raise BadParameter(f"sigma = {self.sigma} is negative")

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        return x + self.sigma * (1 - game.progress) * game.normal("instance-noise", x.shape)
