"""The perceptrons in which PacGAN counts the modes of rings and grids: a maxout discriminator.

Goodfellow et al., "Maxout networks", ICML 2013, as the discriminator of Lin et al., "PacGAN: the power of two samples
in generative adversarial networks", NeurIPS 2018, by whose published code (synthetic_data_experiments) all sizes are
set. There Adam trains both players at once at 1e-4 (betas 0.8, 0.999) on batches of 100, without dropout: the code
holds it, and has it switched off.

The generator is normalised over the batch in training, and by running means of batches when samples are drawn, as
there; layers before a normalisation have no bias.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

import gancheck as gc


@gc.gan("maxout-toy")
@dataclass(frozen=True)
class MaxoutToy(gc.Gan):
    """A generator of ReLUs with batch normalisation, a discriminator of maxout units; for points."""

    width: int = 400  #: units in each hidden layer of the generator; 400 in the paper
    discriminator_width: int = 200  #: maxout units in each hidden layer of the discriminator; 200 in the paper
    pieces: int = 5  #: linear maps of which a maxout unit is the largest; 5 in the paper
    latent: int = 2  #: dimensions of z ~ N(0, I); 2 in the paper

    def build(self, data: gc.DataSpec) -> gc.Players:
        generator = nn.Sequential(
            *self.hidden(self.latent),
            *(layer for _ in range(3) for layer in self.hidden(self.width)),
            nn.Linear(self.width, data.size),
            *([nn.Tanh()] if data.bounded else []),
            nn.Unflatten(1, data.shape),
        )
        wide = self.discriminator_width
        discriminator = nn.Sequential(
            nn.Flatten(),
            Maxout(data.size, wide, self.pieces),
            Maxout(wide, wide, self.pieces),
            Maxout(wide, wide, self.pieces),
            nn.Linear(wide, 1),
        )
        return gc.Players(start(generator), start(discriminator), gc.Latent(self.latent))

    def hidden(self, inputs: int) -> list[nn.Module]:
        """One hidden layer of the generator; its running means take in a twentieth of every batch's, as there."""
        return [nn.Linear(inputs, self.width, bias=False), nn.BatchNorm1d(self.width, momentum=0.05), nn.ReLU()]


class Maxout(nn.Module):
    """Numbers (n, inputs) to (n, units): each unit is the largest of several linear maps."""

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__()
        self.units, self.linear = units, nn.Linear(inputs, units * pieces)

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.linear(x)
        return maps.reshape(len(x), self.units, -1).amax(2)


def start(network: nn.Module) -> nn.Module:
    """The network with weights of N(0, 0.02^2) and biases of 0."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return network
