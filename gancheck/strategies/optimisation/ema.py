"""Evaluate a running mean of the generator's weights.

Yazici et al., "The unusual effectiveness of averaging in GAN training", ICLR 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from gancheck.errors import BadParameter
from gancheck.gans.state import Params, State
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice

MEMORY = "ema"


@strategy(
    "ema",
    family="optimisation",
    paper="Yazici et al., ICLR 2019",
    search={"decay": Choice(0.9, 0.99, 0.995, 0.999, 0.9995)},
)
@dataclass(frozen=True)
class Ema(Strategy):
    """Train as usual; evaluate the exponential moving average of the weights of all players that generate.

    What strategies to the left change in the weights that are evaluated is added to the average.
    """

    decay: float = 0.999  #: per generator step

    def __post_init__(self) -> None:
        if not 0 <= self.decay < 1:
            raise BadParameter(f"decay = {self.decay} must lie in [0, 1)")

    def memory(self, state: State) -> dict[str, Any]:
        return {MEMORY: {player: state.weights[player] for player in state.generating}}

    def after_step(self, state: State) -> State:
        means = {p: self.average(state.weights[p], mean) for p, mean in state.memory[MEMORY].items()}
        return state.remember(MEMORY, means)

    def average(self, now: Params, mean: Params) -> Params:
        """The running mean after one more step."""
        return {name: torch.lerp(now[name], mean[name], self.decay) for name in now}

    def evaluation_weights(self, weights: dict[str, Params], state: State) -> dict[str, Params]:
        means = {p: moved_to(mean, weights[p], state.weights[p]) for p, mean in state.memory[MEMORY].items()}
        return {**weights, **{p: {**weights[p], **mean} for p, mean in means.items()}}


def moved_to(mean: Params, weights: Params, live: Params) -> Params:
    """The mean, with the change that strategies to the left made to the live weights added to it."""
    return {n: torch.where(weights[n] == live[n], m, m + (weights[n] - live[n])) for n, m in mean.items()}
