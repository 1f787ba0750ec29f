"""What strategies do between steps, outside the graph: one seed after another, in plain Python."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._pytree import tree_map

from gancheck.gans.noise import DrawnNoise
from gancheck.gans.players import Players
from gancheck.gans.sampler import PlainSampler
from gancheck.gans.state import Kept, State
from gancheck.numerics.seeding import generator
from gancheck.strategies.base import Strategy, name_of
from gancheck.strategies.hook_call import call_hook
from gancheck.strategies.same_shapes import require_same_state
from gancheck.training.look import SeedLook, SeedNetworks
from gancheck.training.replicas import ReplicaStack
from gancheck.training.snapshot import evaluation_weights, standing_game


class Refreshing:
    """Calls every `refresh` that is due."""

    def __init__(self, replicas: ReplicaStack, sampler: PlainSampler) -> None:
        self.replicas, self.sampler = replicas, sampler

    def before_step(self) -> None:
        """Refresh what is due before the step to come."""
        setup = self.replicas.setup
        for strategy in setup.recipe.due(self.replicas.steps_done, setup.budget.steps):
            after = [self.refreshed(strategy, i, seed) for i, seed in enumerate(self.replicas.seeds)]
            weights, memory = tree_map(lambda *tensors: torch.stack(tensors), *after)
            self.replicas.adopt_state(weights, memory)

    def networks(self, state: State, source: torch.Generator) -> SeedNetworks:
        """One seed's networks, for a look at them."""
        players = self.sampler.players
        assert isinstance(players, Players)
        game = standing_game(self.replicas, state, players, DrawnNoise({}, source=source))
        return SeedNetworks(self.sampler, game, lambda: Kept(evaluation_weights(self.replicas, state)))

    def refreshed(self, strategy: Strategy, i: int, seed: int) -> tuple[Any, Any]:
        """One seed's weights and memory after a strategy's `refresh`."""
        replicas = self.replicas
        state: State = replicas.state_of(*tree_map(lambda t: t[i].clone(), replicas.state()))
        source = generator(replicas.device, seed, "refresh", name_of(strategy), replicas.steps_done)
        look = SeedLook(replicas.setup.dataset, source, replicas.steps_done, self.networks(state, source))
        after = call_hook(strategy, "refresh", state, look)
        require_same_state(after, state, f"strategy '{name_of(strategy)}', refresh")
        return dict(after.weights), dict(after.memory)
