"""What strategies do between steps, outside the graph: one seed after another, in plain Python."""

from __future__ import annotations

import torch
from torch.utils._pytree import tree_map

from gancheck.errors import BadPlugin
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
            changed = ((dict(state.weights), dict(state.memory)) for state in after)
            self.replicas.adopt_state(*tree_map(lambda *tensors: torch.stack(tensors), *changed))
            self.replicas.restart_optimisers(same_players(after, f"strategy '{name_of(strategy)}', refresh"))

    def networks(self, state: State, source: torch.Generator) -> SeedNetworks:
        """One seed's networks, for a look at them."""
        players = self.sampler.players
        assert isinstance(players, Players)
        game = standing_game(self.replicas, state, players, DrawnNoise({}, source=source))
        return SeedNetworks(self.sampler, game, lambda: Kept(evaluation_weights(self.replicas, state)))

    def refreshed(self, strategy: Strategy, i: int, seed: int) -> State:
        """One seed's state after a strategy's `refresh`."""
        replicas = self.replicas
        state: State = replicas.state_of(*tree_map(lambda t: t[i].clone(), replicas.state()))
        source = generator(replicas.device, seed, "refresh", name_of(strategy), replicas.steps_done)
        look = SeedLook(replicas.setup.dataset, source, replicas.steps_done, self.networks(state, source))
        after: State = call_hook(strategy, "refresh", state, look)
        require_same_state(after, state, f"strategy '{name_of(strategy)}', refresh")
        return after


def same_players(after: list[State], what: str) -> tuple[str, ...]:
    """The players whose optimisers start anew, which must be the same for all seeds: they are moved together."""
    players = {tuple(sorted(state.restarted)) for state in after}
    if len(players) > 1:
        raise BadPlugin(f"{what}: restarts players of some seeds only; restart those of all at the same step")
    return players.pop()
