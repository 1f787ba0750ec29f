"""What training carries from step to step for one replicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

Params = dict[str, Tensor]


@dataclass(frozen=True)
class State:
    """Weights of all players and whatever strategies remember, as seen by `after_step`, `memory` and `sample`."""

    weights: Mapping[str, Params]  #: player -> parameter name -> tensor
    memory: Mapping[str, Any]  #: name -> tensor, or dict of tensors
    progress: Tensor  #: share of the steps done, a scalar in [0, 1]

    @property
    def generator(self) -> Params:
        """The generator's weights."""
        return self.weights["generator"]

    def remember(self, name: str, value: Any) -> State:
        """This state with one memory changed."""
        return replace(self, memory={**self.memory, name: value})

    def with_weights(self, player: str, weights: Params) -> State:
        """This state with one player's weights changed, as weight clipping does."""
        return replace(self, weights={**self.weights, player: weights})
