"""Normalisation: hidden layers give numbers of mean 0 and deviation 1, over the batch or over the layer.

Ioffe & Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate shift", ICML
2015; Ba, Kiros & Hinton, "Layer normalization", 2016. It stands before activations, as there, and as in Radford, Metz &
Chintala, ICLR 2016, not in the discriminator's first layer, unless that is the only one. It is left to the generator
unless you say otherwise: real and generated batches are normalised apart, so that a discriminator of few layers cannot
see where points lie, and penalties on a sample's slope depend on its batch. Maps are normalised per
channel over the batch, or over all channels and pixels of the layer with a weight per channel. A layer before
normalisation over the batch has no bias, as there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
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

REASON = "whose hidden activations are modules, such as nn.ReLU, and give numbers or maps of two dimensions"


@strategy("normalisation", family="generator", paper="Ioffe & Szegedy, ICML 2015")
@dataclass(frozen=True)
class Normalisation(Strategy):
    """Normalise what hidden layers give before their activations, over the batch or over the layer."""

    kind: Literal["batch", "layer"] = "batch"  #: over what mean and deviation are taken
    player: Treated = "generator"  #: whose layers they are; both in Radford et al., see above

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return untouched(gan, data, self.player, REASON, normalised_ones)

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return rewire(players, self.player, info.seen, self.normalised)

    def normalised(self, network: nn.Module, inputs: Inputs, role: Role) -> nn.Module:
        """The network with normalisation before its hidden activations."""
        if not (found := normalised_ones(network, inputs, role)):
            raise BadParameter(f"normalisation needs a {role} {REASON}")
        return without_idle_biases(
            exchange_hidden(network, found, lambda activation, shape: nn.Sequential(self.layer(shape), activation))
        )

    def layer(self, shape: Shape) -> nn.Module:
        """A layer that normalises numbers (width,) or maps (channels, height, width)."""
        if len(shape) == 1:
            return nn.BatchNorm1d(shape[0]) if self.kind == "batch" else nn.LayerNorm(shape[0])
        return nn.BatchNorm2d(shape[0]) if self.kind == "batch" else nn.GroupNorm(1, shape[0])


def without_idle_biases(network: nn.Module) -> nn.Module:
    """The network without the biases that a mean over the batch takes away: of rounding alone, Adam would move them."""
    sequences = (module for module in network.modules() if isinstance(module, nn.Sequential))
    for layer, after in (pair for sequence in sequences for pair in pairwise(sequence)):
        batched = isinstance(after, nn.Sequential) and isinstance(after[0], nn.BatchNorm1d | nn.BatchNorm2d)
        if batched and isinstance(layer, nn.Linear | nn.modules.conv._ConvNd):
            layer.register_parameter("bias", None)
    return network


def normalised_ones(network: nn.Module, inputs: Inputs, role: Role) -> dict[nn.Module, Shape]:
    """The hidden activations before which it stands."""
    hidden = list(hidden_activations(network, inputs).items())
    chosen = hidden[1:] if role == "discriminator" and len(hidden) > 1 else hidden
    return {activation: shape for activation, shape in chosen if len(shape) in (1, 3)}
