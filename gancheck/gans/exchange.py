"""Exchanging modules inside a network."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn


def exchange(
    network: nn.Module, other: Callable[[nn.Module], nn.Module], done: dict[nn.Module, nn.Module] | None = None
) -> nn.Module:
    """The network with every module in it exchanged for `other(module)`, which may be the module; those inside first.

    A module that stands in several places is exchanged once, for one.
    """
    done = {} if done is None else done
    if network not in done:
        for name, module in network._modules.items():
            if module is not None:
                network._modules[name] = exchange(module, other, done)
        done[network] = other(network)
    return done[network]
