"""Activation: another function after hidden layers.

Radford, Metz & Chintala, "Unsupervised representation learning with deep convolutional generative adversarial
networks", ICLR 2016, take ReLU in the generator and a leaky one in the discriminator. No paper claims that it cures
collapse; it shows how much of a result is the activation's. What makes the range of samples, such as a tanh after the
last layer, stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.players import Players, Role
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.generator._hidden import (
    Inputs,
    Shape,
    Treated,
    exchange_hidden,
    hidden_activations,
    rewire,
    untouched,
)

Name = Literal["relu", "leaky-relu", "elu", "silu", "gelu", "softplus", "tanh", "sigmoid"]
KINDS: dict[Name, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky-relu": lambda: nn.LeakyReLU(0.2),
    "elu": nn.ELU,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
    "softplus": nn.Softplus,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


@strategy("activation", family="generator", paper="Radford et al., ICLR 2016")
@dataclass(frozen=True)
class Activation(Strategy):
    """Exchange the activations of all hidden layers for others."""

    kind: Name = "relu"  #: the function; a leaky one has the slope 0.2 of Radford et al. and Xu et al., 2015
    player: Treated = "generator"  #: whose layers they are

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return untouched(gan, data, self.player, self.reason, self.others)

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return rewire(players, self.player, info.seen, self.exchanged)

    def exchanged(self, network: nn.Module, inputs: Inputs, role: Role) -> nn.Module:
        """The network with other activations."""
        if not (found := self.others(network, inputs, role)):
            raise BadParameter(f"activation needs a {role} {self.reason}")
        return exchange_hidden(network, found, lambda activation, shape: KINDS[self.kind]())

    def others(self, network: nn.Module, inputs: Inputs, role: Role) -> dict[nn.Module, Shape]:
        """The hidden activations that are not of this kind yet."""
        hidden = hidden_activations(network, inputs)
        return {old: shape for old, shape in hidden.items() if repr(old) != repr(KINDS[self.kind]())}

    @property
    def reason(self) -> str:
        """What a network must have."""
        return f"with hidden activations that are modules, such as nn.ReLU, and not all {self.kind} already"
