"""Depth: further hidden layers, as wide as the last one.

He, Zhang, Ren & Sun, "Deep residual learning for image recognition", CVPR 2016, study networks that grow by layers of
equal width. No paper claims that depth cures collapse; it is a control of capacity, for strategies that add networks.
Layers are put behind the last hidden activation, an nn.Linear where it gives numbers and a convolution of 3x3 where it
gives maps, each under a copy of that activation.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

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
from gancheck.strategies.objectives.mad_gan import Tails
from gancheck.strategies.search_space import Choice

REASON = "whose last hidden activation is a module, such as nn.ReLU, and gives numbers or maps of two dimensions"


@strategy("depth", family="generator", paper="He et al., CVPR 2016", search={"layers": Choice(1, 2, 3)})
@dataclass(frozen=True)
class Depth(Strategy):
    """Add hidden layers of equal width behind the last one; a control of capacity."""

    layers: int = 1  #: that are added; a choice of ours
    player: Treated = "both"  #: whose layers they are

    def __post_init__(self) -> None:
        if self.layers < 1:
            raise BadParameter(f"layers = {self.layers}: adds at least 1")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return untouched(gan, data, self.player, REASON, last_hidden)

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return rewire(players, self.player, info.seen, self.deepened)

    def deepened(self, network: nn.Module, inputs: Inputs, role: Role) -> nn.Module:
        """The network with layers behind its last hidden activation."""
        if isinstance(network, Tails):
            raise BadParameter("depth knows one last hidden layer, and several generators have one each")
        if not (last := last_hidden(network, inputs, role)):
            raise BadParameter(f"depth needs a {role} {REASON}")
        return exchange_hidden(network, last, self.with_layers)

    def with_layers(self, activation: nn.Module, shape: Shape) -> nn.Module:
        """An activation and the layers behind it."""
        added = [part for _ in range(self.layers) for part in (layer_of(shape), copy.deepcopy(activation))]
        return nn.Sequential(activation, *added)


def last_hidden(network: nn.Module, inputs: Inputs, role: Role) -> dict[nn.Module, Shape]:
    """The last hidden activation, or nothing where no layer can follow it."""
    hidden = list(hidden_activations(network, inputs).items())
    return {activation: shape for activation, shape in hidden[-1:] if len(shape) in (1, 3)}


def layer_of(shape: Shape) -> nn.Module:
    """A layer that keeps a shape."""
    width = shape[0]
    return nn.Linear(width, width) if len(shape) == 1 else nn.Conv2d(width, width, 3, padding=1)
