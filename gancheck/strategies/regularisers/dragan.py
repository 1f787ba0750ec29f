"""DRAGAN: hold the discriminator's gradient norm near 1 in a neighbourhood of the real data.

Kodali et al., "On convergence and stability of GANs", 2017. As in the authors' code, a sample is moved by a share of a
one-sided uniform push, the share drawn for each sample; the paper's text has Gaussian noise.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy(
    "dragan",
    family="regulariser",
    paper="Kodali et al., 2017",
    search={"weight": Log(0.1, 1_000.0), "spread": Log(0.05, 5.0)},
)
@dataclass(frozen=True)
class Dragan(Strategy):
    """Add weight * E (||grad D(x + a u)|| - 1)^2, u uniform on [0, spread * std(x)], a on [0, 1] for each sample."""

    weight: float = 10.0  #: lambda in the paper
    spread: float = 0.5  #: of the push, in standard deviations of the batch; as in the authors' code

    def __post_init__(self) -> None:
        if self.weight < 0 or self.spread < 0:
            raise BadParameter(f"weight = {self.weight}, spread = {self.spread}: neither may be negative")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        push = self.spread * game.real.std(correction=0) * game.uniform("dragan", game.real.shape)
        share = game.uniform("dragan/share", (len(push), *[1] * (push.dim() - 1)))
        norm: Tensor = game.input_gradient(game.real + share * push).flatten(1).norm(dim=1)
        return loss + self.weight * (norm - 1).square().mean()
