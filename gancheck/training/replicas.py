"""All replicates of a block, stacked: every tensor that training changes is kept here, and changed here only.

Seeds are paired across strategies: a tensor that the untreated GAN also has starts at the untreated GAN's values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter, BadPlugin, refuse_unknown
from gancheck.gans.base import Gan, Model
from gancheck.gans.players import Built, Networks, Players
from gancheck.gans.settings import Optimiser, Settings
from gancheck.gans.state import Params, State
from gancheck.numerics.seeding import generator, global_seed
from gancheck.training import optimisers
from gancheck.training.look import SeedLook
from gancheck.training.setup import TrainingSetup
from gancheck.training.start_weights import load_start, refuse_lost_start

B = TypeVar("B", bound=Built)


class ReplicaStack:
    """Modules without weights of their own; weights and buffers of all replicates, their optimisers and memories."""

    def __init__(self, setup: TrainingSetup) -> None:
        assert isinstance(setup.gan, Gan)
        self.setup, self.seeds, self.device = setup, setup.seeds, setup.device
        self.settings = setup.recipe.settings(setup.settings)
        found = [study(setup, seed) for seed in setup.seeds]
        built = [build_players(setup, seed, known) for seed, known in zip(setup.seeds, found, strict=True)]
        self.players = to_device(built[0], self.device)
        refuse_unknown_names(self.settings, self.players)
        #: player -> name -> (replicates, ...)
        self.weights = {n: self.stack_player(built, n, trainable_parameters) for n in self.players.modules}
        self.buffers = {n: self.stack_player(built, n, buffers_and_frozen) for n in self.players.modules}
        self.optimisers = {n: optimisers.build_optimiser(self.optimiser(n), w) for n, w in self.weights.items() if w}
        self.memory: dict[str, Any] = stack_found(found, self.device)  #: what strategies remember, by name
        self.steps_done = 0
        self.began = dict.fromkeys(self.optimisers, 0)  #: steps done when a player's optimiser started

    def stack_player(
        self, built: list[Players], player: str, tensors: Callable[[nn.Module], dict[str, Tensor]]
    ) -> Params:
        """One player's tensors of all replicates."""
        return stack_tensors([tensors(players.modules[player]) for players in built], self.device)

    def state(self) -> tuple[dict[str, Params], dict[str, Params], dict[str, Any], Tensor]:
        """What hooks between updates are given: weights, buffers, memory and progress of all replicates."""
        return self.weights, self.buffers, self.memory, self.progress()

    def players_of(self, i: int) -> dict[str, Params]:
        """Weights and buffers of every player of one replicate, as they are trained."""
        held = {player: {**self.weights[player], **self.buffers[player]} for player in self.weights}
        return {player: {name: t[i] for name, t in tensors.items()} for player, tensors in held.items()}

    def state_of(
        self, weights: dict[str, Params], buffers: dict[str, Params], memory: dict[str, Any], progress: Tensor
    ) -> State:
        """The same of one replicate, as hooks see it."""
        return State(weights, memory, progress, buffers, self.players.generating, self.players.critics)

    def after_step(self, *state: Any) -> tuple[Any, Any]:
        """One replicate's weights and memory when a step is done."""
        after = self.setup.recipe.after_step(self.state_of(*state))
        return dict(after.weights), dict(after.memory)

    def optimiser(self, player: str) -> Optimiser:
        """A player's optimiser settings."""
        return self.settings.player(player, self.players.turn(player))

    def moments(self) -> dict[str, dict[str, Params]]:
        """Adam's running means of every player."""
        return {name: optimisers.adam_moments(made, self.weights[name]) for name, made in self.optimisers.items()}

    def adopt_moments(self, advanced: dict[str, dict[str, Params]]) -> None:
        """Let Adam step from other running means."""
        for name, moments in advanced.items():
            optimisers.set_adam_moments(self.optimisers[name], self.weights[name], moments)

    def restart_optimisers(self, players: Iterable[str]) -> None:
        """The optimisers of players as before their first step."""
        for name in (name for name in players if name in self.optimisers):
            self.optimisers[name] = optimisers.build_optimiser(self.optimiser(name), self.weights[name])
            self.began[name] = self.steps_done

    def rates(self) -> dict[str, Tensor]:
        """Every player's learning rate now, (replicates,)."""
        return {name: self.broadcast(self.rate(name)) for name in self.optimisers}

    def rate(self, player: str, done: int | None = None) -> float:
        """A player's learning rate now, or when so many steps are done."""
        steps = self.setup.budget.steps
        return self.optimiser(player).rate((self.steps_done if done is None else done) / steps, 1 / steps)

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
        self.memory = {**self.memory, **self.unshare({n: in_order_of(self.memory[n], v) for n, v in changes.items()})}

    def adopt_state(self, weights: dict[str, Params], memory: dict[str, Any]) -> None:
        """Take over what hooks between updates made; weights change in place, because optimisers hold them."""
        self.memory = self.unshare(in_order_of(self.memory, memory))
        changed = [
            (ours, tensor.clone())  # first of all, as a hook may have exchanged two weights
            for player, params in weights.items()
            for name, tensor in params.items()
            if not is_same_view(tensor, ours := self.weights[player][name])
        ]
        for ours, tensor in changed:
            ours.copy_(tensor)

    def unshare(self, memory: dict[str, Any]) -> dict[str, Any]:
        """Memories that share nothing with the weights, which change in place."""
        live = {t.untyped_storage().data_ptr() for params in self.weights.values() for t in params.values()}
        return tree_map(lambda t: t.clone() if t.untyped_storage().data_ptr() in live else t, memory)  # type: ignore[no-any-return]


def in_order_of(like: Any, value: Any) -> Any:
    """Nested dictionaries and named tuples in the order of others: a traced step knows its tensors by their places."""
    if isinstance(like, dict):
        return {name: in_order_of(like[name], value[name]) for name in like}
    if hasattr(like, "_fields"):
        return type(like)(*(in_order_of(part, own) for part, own in zip(like, value, strict=True)))
    return value


def is_same_view(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are the same numbers in memory, in the same order."""
    return one.data_ptr() == other.data_ptr() and one.stride() == other.stride() and one.shape == other.shape


def study(setup: TrainingSetup, seed: int) -> dict[str, dict[str, Any]]:
    """What the strategies find out of the data for one seed, by strategy."""
    return setup.recipe.study(lambda name: SeedLook.before_building(setup.dataset, setup.device, seed, name))


def stack_found(found: list[dict[str, dict[str, Any]]], device: torch.device) -> dict[str, Any]:
    """The tensors that were found, stacked over the seeds, as memories."""
    names = [
        (strategy, name) for strategy, known in found[0].items() for name, v in known.items() if isinstance(v, Tensor)
    ]
    if twice := sorted({name for _, name in names if [n for _, n in names].count(name) > 1}):
        raise BadPlugin(f"two strategies find '{twice[0]}'; begin the name with the strategy's")
    return {name: torch.stack([f[strategy][name].to(device) for f in found]) for strategy, name in names}


def build_players(setup: TrainingSetup, seed: int, found: dict[str, dict[str, Any]]) -> Players:
    """One seed's players; tensors that the untreated GAN also has, with the same shape, start at its values."""
    gan, recipe, data = setup.gan, setup.recipe, setup.dataset.spec
    assert isinstance(gan, Gan)
    plain = build_seeded(lambda: require_players(gan.build(data)), seed)
    load_start(plain.modules, setup.start)
    players = build_seeded(lambda: recipe.players(gan, data, found), seed)
    for name, module in plain.modules.items():
        copy_matching_tensors(players.modules[name], module)
    refuse_lost_start(setup.start, plain.modules, players.modules)
    for name, module in players.modules.items():
        recipe.initial(name, module, lambda strategy, name=name: generator("cpu", seed, "initial", strategy, name))  # type: ignore[misc]
    return players


def build_networks(setup: TrainingSetup) -> Built:
    """The networks that kept weights belong to, with weights that mean nothing, on their device."""
    found = study(setup, 0)
    return to_device(build_seeded(lambda: setup.recipe.networks(setup.gan, setup.dataset.spec, found), 0), setup.device)


def refuse_unknown_names(settings: Settings, players: Players) -> None:
    """Refuse optimiser settings for nobody, and players that no turn moves."""
    for name in settings.players:
        refuse_unknown(name, players.modules, "a player with optimiser settings", BadParameter)
    turns = [name for turn in settings.turns for name in turn]
    for name in players.others:
        refuse_unknown(players.turn(name), turns, f"the turn of player '{name}'", BadPlugin)
    for name in turns:
        refuse_unknown(name, {players.turn(p) for p in players.modules}, "a turn that moves somebody", BadParameter)


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
    with global_seed(seed, "weights"):
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
    names = replicates[0]
    return {name: torch.stack([r[name].detach().to(device) for r in replicates]).contiguous() for name in names}
