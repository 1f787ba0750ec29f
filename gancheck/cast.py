"""The cast of a block: every replicate's players, started so that seeds are paired across strategies, and stacked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadPlugin
from gancheck.gans import Gan, Players
from gancheck.recipe import Recipe
from gancheck.state import Params
from gancheck.streams import key


@dataclass(frozen=True)
class Cast:
    """Modules without weights of their own, and the weights and buffers of all replicates, stacked."""

    players: Players
    weights: dict[str, Params]  #: player -> name -> (replicates, ...)
    buffers: dict[str, Params]

    @classmethod
    def of(cls, gan: Gan, recipe: Recipe, data: DataSpec, seeds: tuple[int, ...], device: torch.device) -> Cast:
        """Build and stack the players of every seed."""
        built = [treated(gan, recipe, data, seed) for seed in seeds]
        names = list(built[0].modules)
        weights = {n: stack([learned(p.modules[n]) for p in built], device) for n in names}
        buffers = {n: stack([held(p.modules[n]) for p in built], device) for n in names}
        for module in built[0].modules.values():
            module.to(device)
        return cls(built[0], weights, buffers)


def treated(gan: Gan, recipe: Recipe, data: DataSpec, seed: int) -> Players:
    """One seed's players; tensors that the untreated GAN also has, with the same shape, start at its values."""
    plain = seeded(lambda: check(gan.build(data)), seed)
    players = seeded(lambda: recipe.players(gan, data), seed)
    for name, module in plain.modules.items():
        adopt(players.modules[name], module)
    return players


def seeded_players(gan: Gan, data: DataSpec, seed: int, device: torch.device) -> Players:
    """The untreated players of one seed, on their device."""
    players = seeded(lambda: check(gan.build(data)), seed)
    for module in players.modules.values():
        module.to(device)
    return players


def seeded(make: Callable[[], Players], seed: int) -> Players:
    """Build players under a global seed of their own, and leave the global generator as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key(seed, "weights"))
        return make()


def check(players: object) -> Players:
    """What a GAN built, or BadPlugin when that is not a set of players."""
    if not isinstance(players, Players):
        raise BadPlugin(f"build() returned {type(players).__name__}; it must return gancheck.Players")
    for name, module in players.modules.items():
        if not isinstance(module, nn.Module):
            raise BadPlugin(f"build() gave a {name} that is {type(module).__name__}; it must be a torch.nn.Module")
    return players


def adopt(module: nn.Module, plain: nn.Module) -> None:
    """Copy the tensors of `plain` wherever name and shape agree."""
    theirs = plain.state_dict()
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if name in theirs and theirs[name].shape == tensor.shape:
                tensor.copy_(theirs[name])


def learned(module: nn.Module) -> dict[str, Tensor]:
    """The parameters that are trained."""
    return {name: p for name, p in module.named_parameters() if p.requires_grad}


def held(module: nn.Module) -> dict[str, Tensor]:
    """The buffers, and the parameters that the GAN has frozen."""
    frozen = {name: p for name, p in module.named_parameters() if not p.requires_grad}
    return {**frozen, **dict(module.named_buffers())}


def stack(replicates: list[dict[str, Tensor]], device: torch.device) -> Params:
    """Tensors of the same name, stacked along a new first axis."""
    return {name: torch.stack([r[name].detach() for r in replicates]).to(device).contiguous() for name in replicates[0]}
