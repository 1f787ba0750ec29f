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

MEMORY = "ema"


@strategy("ema", family="optimisation")
@dataclass(frozen=True)
class Ema(Strategy):
    """Train as usual; evaluate the exponential moving average of the generator's weights."""

    decay: float = 0.999  #: per generator step

    def __post_init__(self) -> None:
        if not 0 <= self.decay < 1:
            raise BadParameter(f"decay = {self.decay} must lie in [0, 1)")

    def memory(self, state: State) -> dict[str, Any]:
        return {MEMORY: state.generator}

    def after_step(self, state: State) -> State:
        mean = state.memory[MEMORY]
        now = state.generator
        return state.remember(MEMORY, {n: torch.lerp(now[n], mean[n], self.decay) for n in now})

    def sample(self, weights: Params, state: State) -> Params:
        return dict(state.memory[MEMORY])
