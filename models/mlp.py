"""Two plain perceptrons, the toy GAN of most mode-collapse papers.

Copy this file to make a GAN of your own:

    cp models/mlp.py mine.py          # then change the name below and the networks
    gancheck check mine.py
    gancheck run quick --with mine.py --only gan=mine
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import nn

import gancheck as gc

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "leaky-relu": lambda: nn.LeakyReLU(0.2),
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "silu": nn.SiLU,
}


@gc.gan("mlp")
@dataclass(frozen=True)
class Mlp(gc.Gan):
    """Two plain perceptrons for points and small images."""

    width: int = 128  #: units in each hidden layer
    discriminator_width: int = 0  #: units in each of the discriminator's; 0: as many
    depth: int = 2  #: hidden layers
    latent: int = 16  #: dimensions of z
    prior: Literal["normal", "uniform"] = "normal"  #: z ~ N(0, I) or U(-1, 1)
    activation: Literal["leaky-relu", "relu", "tanh", "silu"] = "leaky-relu"  #: leaky slope 0.2

    def build(self, data: gc.DataSpec) -> gc.Players:
        wide = self.discriminator_width or self.width
        generator = nn.Sequential(
            *self.hidden(self.latent, self.width), nn.Linear(self.width, data.size), *self.shaped(data)
        )
        discriminator = nn.Sequential(nn.Flatten(), *self.hidden(data.size, wide), nn.Linear(wide, 1))
        return gc.Players(generator, discriminator, gc.Latent(self.latent, self.prior))

    def hidden(self, inputs: int, width: int) -> list[nn.Module]:
        """The hidden layers."""
        layers: list[nn.Module] = []
        for _ in range(self.depth):
            layers += [nn.Linear(inputs, width), ACTIVATIONS[self.activation]()]
            inputs = width
        return layers

    def shaped(self, data: gc.DataSpec) -> list[nn.Module]:
        """Flat outputs to samples; pixels have a range, so images end in tanh."""
        return [*([nn.Tanh()] if data.bounded else []), nn.Unflatten(1, data.shape)]
