"""The hidden activations of a network, seen in a dry call, so that strategies can put layers around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from gancheck.datasets.base import DataSpec
from gancheck.gans.base import Gan
from gancheck.gans.exchange import exchange
from gancheck.gans.players import Players, Role
from gancheck.strategies.discriminator.dropout import ACTIVATIONS

Treated = Literal["generator", "discriminator", "both"]
Inputs = tuple[Tensor, ...]
Shape = tuple[int, ...]


class Call(NamedTuple):
    """One call of a module."""

    module: nn.Module
    shape: Shape  #: of what it gives for a sample


def roles(player: Treated) -> tuple[Role, ...]:
    """The roles that are treated."""
    return ("generator", "discriminator") if player == "both" else (player,)


def rewire(
    players: Players, player: Treated, seen: DataSpec, change: Callable[[nn.Module, Inputs, Role], nn.Module]
) -> Players:
    """The players, everybody with a treated role exchanged for `change(network, inputs of a dry call, role)`."""
    for role in roles(player):
        inputs = dry_inputs(players, role, seen)
        players = players.wrap(role, lambda network, i=inputs, r=role: change(network, i, r))  # type: ignore[misc]
    return players


def dry_inputs(players: Players, role: Role, seen: DataSpec) -> Inputs:
    """Zeros for two samples, as a player of this role takes them."""
    if role == "discriminator":
        return (torch.zeros(2, *seen.shape),)
    latent = players.latent
    z = latent.shaped(torch.zeros(2, latent.size))
    return (z, torch.zeros(2, dtype=torch.long)) if latent.codes else (z,)


def built_inputs(gan: Gan, data: DataSpec) -> tuple[Players, DataSpec]:
    """The untreated players, and what their discriminator sees."""
    players = gan.build(data)
    return players, data.joined(players.latent.codes) if players.discriminator_sees_code else data


def untouched(
    gan: Gan, data: DataSpec, player: Treated, reason: str, found: Callable[[nn.Module, Inputs, Role], object]
) -> str | None:
    """The reason, after the role, where `found` is nothing for one of the treated roles; else None."""
    players, seen = built_inputs(gan, data)
    networks = {"generator": players.generator, "discriminator": players.discriminator}
    lacking = (r for r in roles(player) if not found(networks[r], dry_inputs(players, r, seen), r))
    return next((f"needs a {role} {reason}" for role in lacking), None)


def dry_calls(network: nn.Module, inputs: Inputs) -> list[Call]:
    """The calls of all modules, parts before the whole; buffers and random numbers stay as they are."""
    calls: list[Call] = []

    def note(module: nn.Module, given: object, answer: object) -> None:
        if isinstance(answer, Tensor):
            calls.append(Call(module, tuple(answer.shape[1:])))

    hooks = [module.register_forward_hook(note) for module in network.modules()]
    state = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
    try:
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            functional_call(network, state, inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return calls


def hidden_activations(network: nn.Module, inputs: Inputs) -> dict[nn.Module, Shape]:
    """The activations after which a layer with weights is called, in their order, and the shapes of what they give.

    One that is called twice is left out: whatever is put beside it would stand at both places.
    """
    calls = dry_calls(network, inputs)
    weighted = [i for i, call in enumerate(calls) if is_layer(call.module)]
    last = max(weighted, default=-1)
    times = [call.module for call in calls]
    hidden = (call for call in calls[:last] if isinstance(call.module, ACTIVATIONS) and times.count(call.module) == 1)
    return {call.module: call.shape for call in hidden}


def is_layer(module: nn.Module) -> bool:
    """Whether a module is a layer with weights, and no container of some."""
    if isinstance(module, nn.Linear | nn.modules.conv._ConvNd):  # what parametrises them is a part of them
        return True
    own = any(True for _ in module.parameters(recurse=False))
    return own and not any(True for _ in module.children()) and not isinstance(module, ACTIVATIONS)


def exchange_hidden(
    network: nn.Module, hidden: dict[nn.Module, Shape], other: Callable[[nn.Module, Shape], nn.Module]
) -> nn.Module:
    """The network with these activations exchanged for `other(activation, shape of what it gives)`."""
    return exchange(network, lambda module: other(module, hidden[module]) if module in hidden else module)
