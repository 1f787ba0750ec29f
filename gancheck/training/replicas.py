"""All replicates of a block, stacked: every tensor that training changes is kept here, and changed here only.

Seeds are paired across strategies: a tensor that the untreated GAN also has starts at the untreated GAN's values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadPlugin
from gancheck.gans.base import Gan, Model
from gancheck.gans.players import Built, Networks, Players
from gancheck.gans.state import Params
from gancheck.numerics.seeding import key
from gancheck.strategies.recipe import Recipe
from gancheck.training import optimisers
from gancheck.training.setup import TrainingSetup

B = TypeVar("B", bound=Built)


class ReplicaStack:
    """Modules without weights of their own; weights and buffers of all replicates, their optimisers and memories."""

    def __init__(self, setup: TrainingSetup) -> None:
        assert isinstance(setup.gan, Gan)
        self.setup, self.seeds, self.device = setup, setup.seeds, setup.device
        self.settings = setup.recipe.settings(setup.settings)
        built = [build_players(setup.gan, setup.recipe, setup.dataset.spec, seed) for seed in setup.seeds]
        self.players = to_device(built[0], self.device)
        #: player -> name -> (replicates, ...)
        self.weights = {n: self.stack_player(built, n, trainable_parameters) for n in self.players.modules}
        self.buffers = {n: self.stack_player(built, n, buffers_and_frozen) for n in self.players.modules}
        self.optimisers = {
            n: optimisers.build_optimiser(self.settings.player(n), w) for n, w in self.weights.items() if w
        }
        self.memory: dict[str, Any] = {}  #: what strategies remember, by name
        self.steps_done = 0

    def stack_player(
        self, built: list[Players], player: str, tensors: Callable[[nn.Module], dict[str, Tensor]]
    ) -> Params:
        """One player's tensors of all replicates."""
        return stack_tensors([tensors(players.modules[player]) for players in built], self.device)

    def replica(self, player: str, i: int) -> Params:
        """One replicate's weights of a player."""
        return {name: t[i] for name, t in self.weights[player].items()}

    def live_generator(self, i: int) -> Params:
        """One replicate's weights and buffers of the generator, as they are now."""
        return {**self.replica("generator", i), **{name: t[i] for name, t in self.buffers["generator"].items()}}

    def moments(self) -> dict[str, dict[str, Params]]:
        """Adam's running means of every player."""
        return {name: optimisers.adam_moments(made, self.weights[name]) for name, made in self.optimisers.items()}

    def rates(self) -> dict[str, Tensor]:
        """Every player's learning rate now, (replicates,)."""
        return {name: self.broadcast(self.rate(name)) for name in self.optimisers}

    def rate(self, player: str) -> float:
        """A player's learning rate now."""
        return self.settings.player(player).rate(self.steps_done / self.setup.budget.steps)

    def progress(self) -> Tensor:
        """(replicates,) share of the steps done."""
        return self.broadcast(self.steps_done / self.setup.budget.steps)

    def broadcast(self, value: float) -> Tensor:
        """The same number for every replicate."""
        return torch.full((len(self.seeds),), value, device=self.device)

    def apply_gradients(self, gradients: dict[str, Params]) -> None:
        """Move the players that have gradients."""
        for name, params in gradients.items():
            optimisers.apply_gradients(self.optimisers[name], self.weights[name], params, self.rate(name))

    def remember(self, changes: dict[str, Any]) -> None:
        """Change some memories."""
        self.memory = {**self.memory, **self.unshare(changes)}

    def adopt_state(self, weights: dict[str, Params], memory: dict[str, Any]) -> None:
        """Take over what `after_step` made; weights are changed in place, because optimisers hold them."""
        self.memory = self.unshare(memory)
        for player, params in weights.items():
            for name, tensor in params.items():
                if tensor.data_ptr() != self.weights[player][name].data_ptr():
                    self.weights[player][name].copy_(tensor)

    def unshare(self, memory: dict[str, Any]) -> dict[str, Any]:
        """Memories that share nothing with the weights, which change in place."""
        live = {t.untyped_storage().data_ptr() for params in self.weights.values() for t in params.values()}
        return tree_map(lambda t: t.clone() if t.untyped_storage().data_ptr() in live else t, memory)  # type: ignore[no-any-return]


def build_players(gan: Gan, recipe: Recipe, data: DataSpec, seed: int) -> Players:
    """One seed's players; tensors that the untreated GAN also has, with the same shape, start at its values."""
    plain = build_seeded(lambda: require_players(gan.build(data)), seed)
    players = build_seeded(lambda: recipe.players(gan, data), seed)
    for name, module in plain.modules.items():
        copy_matching_tensors(players.modules[name], module)
    return players


def build_untreated(model: Model, data: DataSpec, seed: int, device: torch.device) -> Built:
    """A model's networks of one seed, without any strategy, on their device."""
    return to_device(build_seeded(lambda: require_networks(model.build(data)), seed), device)


def to_device(networks: B, device: torch.device) -> B:
    """The networks, their modules moved in place."""
    for module in networks.modules.values():
        module.to(device)
    return networks


def build_seeded(make: Callable[[], B], seed: int) -> B:
    """Build networks under a global seed of their own, and leave the global generator as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key(seed, "weights"))
        return make()


def require_networks(built: B) -> B:
    """What a model built, or BadPlugin when that is not a set of networks."""
    if not isinstance(built, Players | Networks):
        raise BadPlugin(
            f"build() returned {type(built).__name__}; it must return gancheck.Players, or gancheck.Networks where "
            "nothing is adversarial"
        )
    for name, module in built.modules.items():
        if not isinstance(module, nn.Module):
            raise BadPlugin(f"build() gave a {name} that is {type(module).__name__}; it must be a torch.nn.Module")
    return built


def require_players(built: object) -> Players:
    """What a GAN built, or BadPlugin when that is not a set of players."""
    if not isinstance(built, Players):
        raise BadPlugin(f"build() of a gancheck.Gan returned {type(built).__name__}; it must return gancheck.Players")
    require_networks(built)
    return built


def copy_matching_tensors(module: nn.Module, plain: nn.Module) -> None:
    """Copy the tensors of `plain` wherever name and shape agree."""
    theirs = plain.state_dict()
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if name in theirs and theirs[name].shape == tensor.shape:
                tensor.copy_(theirs[name])


def trainable_parameters(module: nn.Module) -> dict[str, Tensor]:
    """The parameters that are trained."""
    return {name: p for name, p in module.named_parameters() if p.requires_grad}


def buffers_and_frozen(module: nn.Module) -> dict[str, Tensor]:
    """The buffers, and the parameters that the GAN has frozen."""
    frozen = {name: p for name, p in module.named_parameters() if not p.requires_grad}
    return {**frozen, **dict(module.named_buffers())}


def stack_tensors(replicates: list[dict[str, Tensor]], device: torch.device) -> Params:
    """Tensors of the same name, stacked along a new first axis."""
    return {name: torch.stack([r[name].detach() for r in replicates]).to(device).contiguous() for name in replicates[0]}
