"""What training carries from step to step for one replicate, and what of it is kept for evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from gancheck.errors import BadPlugin, refuse_unknown

Params = dict[str, Tensor]


@dataclass(frozen=True)
class State:
    """Weights and buffers of all players and whatever strategies remember, as hooks between updates see them."""

    weights: Mapping[str, Params]  #: player -> parameter name -> tensor
    memory: Mapping[str, Any]  #: name -> tensor, or dict of tensors
    progress: Tensor  #: share of the steps done, a scalar in [0, 1]
    buffers: Mapping[str, Params] = field(default_factory=dict)  #: player -> buffer or frozen parameter -> tensor
    generating: tuple[str, ...] = ("generator",)  #: the players that sampling needs
    critics: tuple[str, ...] = ("discriminator",)  #: the players that judge samples
    critic: str = "discriminator"  #: whose memory is asked for, where `memory` is called for each of several critics
    restarted: tuple[str, ...] = ()  #: players whose optimisers start anew, see `restart`

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

    def restart(self, *players: str) -> State:
        """This state, the optimisers of these players as before their first step; for `refresh` alone.

        Their weights stay: give others by `with_weights`. Learning rates go on by the progress of the run. All seeds
        restart at the same steps.

        Raises BadPlugin for a player that there is not.
        """
        for player in players:
            refuse_unknown(player, self.weights, "a player to restart", BadPlugin)
        return replace(self, restarted=tuple(dict.fromkeys((*self.restarted, *players))))


@dataclass(frozen=True)
class Kept:
    """What a snapshot holds of one replicate: enough to draw samples without training again."""

    weights: dict[str, Params]  #: player -> parameter or buffer -> tensor
    memory: dict[str, Any] = field(default_factory=dict)  #: of strategies that sample

    @property
    def generator(self) -> Params:
        """The generator's weights and buffers."""
        return self.weights["generator"]

    def unstack(self, count: int) -> list[Kept]:
        """One of each replicate, where all tensors have a leading axis of `count` replicates; they are views."""
        return [Kept(*tree_map(lambda t, i=i: t[i], (self.weights, self.memory))) for i in range(count)]

    def to(self, device: torch.device) -> Kept:
        """The same on a device."""
        return Kept(*tree_map(lambda t: t.to(device), (self.weights, self.memory)))
