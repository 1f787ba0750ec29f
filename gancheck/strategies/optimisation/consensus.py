"""Consensus optimisation: both players also lower the size of the gradients, so that they do not circle.

Mescheder, Nowozin & Geiger, "The numerics of GANs", NeurIPS 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import grad

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy(
    "consensus", family="optimisation", paper="Mescheder et al., NeurIPS 2017", search={"gamma": Log(0.1, 1_000.0)}
)
@dataclass(frozen=True)
class Consensus(Strategy):
    """Move both players at once, by their gradients v and gamma times the gradient of ||v||^2 / 2, of all weights.

    An objective's further critic steps fall away. The authors move by RMSProp; here the optimiser is the suite's.
    """

    gamma: float = 10.0  #: weight of the second term; the default of the authors' code

    def __post_init__(self) -> None:
        if self.gamma < 0:
            raise BadParameter(f"gamma = {self.gamma} is negative")

    def settings(self, settings: Settings) -> Settings:
        return settings.simultaneous()

    def gradients(self, gradients: dict[str, Params], game: Game) -> dict[str, Params]:
        if game.advanced:
            raise BadParameter(
                "consensus would add what pulls here to gradients at foreseen weights; put it before them"
            )

        def half_square(weights: dict[str, Params]) -> Tensor:
            slopes = [slope for params in game.field(weights).values() for slope in params.values()]
            return torch.stack([slope.square().sum() for slope in slopes]).sum() / 2

        pull = grad(half_square)({player: game.weights[player] for player in gradients})
        return {p: {n: slope + self.gamma * pull[p][n] for n, slope in s.items()} for p, s in gradients.items()}
