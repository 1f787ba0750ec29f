"""Historical averaging: hold every player near the mean of its past weights, so that players stop circling.

Salimans, Goodfellow, Zaremba, Cheung, Radford & Chen, "Improved techniques for training GANs", NeurIPS 2016. The mean
takes in the starting weights and those after every step. It is a constant to the gradient. Helpers with a loss of their
own, which the paper does not have, are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.state import State
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log

MEMORY = "historical-average"


@strategy(
    "historical-average",
    family="optimisation",
    paper="Salimans et al., NeurIPS 2016",
    search={"weight": Log(0.01, 100.0)},
)
@dataclass(frozen=True)
class HistoricalAverage(Strategy):
    """Add weight * ||w - (1/t) sum_i w_i||^2 to each player's loss, w_i its weights after the i-th step."""

    weight: float = 1.0  #: of the term; the paper names none

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise BadParameter(f"weight = {self.weight} is negative")

    def memory(self, state: State) -> dict[str, Any]:
        others = set(state.critics) - {state.critic}  # each critic's loss remembers its own
        held = {state.critic} if state.critic != state.critics[0] else set(state.weights) - others
        means = {player: state.weights[player] for player in state.weights if player in held}
        return {MEMORY: {"means": means, "count": torch.ones_like(state.progress)}}

    def after_step(self, state: State) -> State:
        for name in [name for name in state.memory if name.partition("@")[0] == MEMORY]:
            count = state.memory[name]["count"] + 1
            means = state.memory[name]["means"]
            now = {player: state.weights[player] for player in means}
            moved = tree_map(lambda mean, weight, count=count: mean + (weight - mean) / count, means, now)
            state = state.remember(name, {"means": moved, "count": count})
        return state

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.distance("discriminator", game)

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.distance("generator", game)

    def distance(self, owner: str, game: Game) -> Tensor:
        """The term of those whom a loss trains and whose mean this game's memory holds."""
        means = game.memory[MEMORY]["means"]
        gaps = [
            (game.weights[player][name] - mean).square().sum()
            for player in game.players.team(owner)
            for name, mean in means.get(player, {}).items()
        ]
        return self.weight * torch.stack(gaps).sum()
