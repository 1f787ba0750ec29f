"""A conditional GAN of two perceptrons: a class is drawn first, and both players are told which.

Mirza & Osindero, "Conditional generative adversarial nets", 2014. It uses the modes' labels, which the other GANs never
see: a mode is hard to lose when it is asked for. Read it as an upper bound, not as a treatment. Data without numbered
modes is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

import gancheck as gc


@gc.gan("cgan")
@dataclass(frozen=True)
class Cgan(gc.Gan):
    """Two perceptrons that are told the mode (it uses labels): one code a mode, drawn as often as in real data."""

    width: int = 128  #: units in each hidden layer
    depth: int = 2  #: hidden layers
    latent: int = 16  #: dimensions of z ~ N(0, I)

    def build(self, data: gc.DataSpec) -> gc.Players:
        if data.modes is None:
            raise ValueError("cgan needs data that says how many modes it has: gancheck.DataSpec(shape, modes=k)")
        generator = Conditional(
            data.modes,
            *self.hidden(self.latent + data.modes),
            nn.Linear(self.width, data.size),
            *([nn.Tanh()] if data.bounded else []),
            nn.Unflatten(1, data.shape),
        )
        discriminator = nn.Sequential(nn.Flatten(), *self.hidden(data.size), nn.Linear(self.width, 1))
        latent = gc.Latent(self.latent, codes=data.modes, shares=data.shares)
        return gc.Players(generator, discriminator, latent, discriminator_sees_code=True)

    def hidden(self, inputs: int) -> list[nn.Module]:
        """The hidden layers."""
        layers: list[nn.Module] = []
        for _ in range(self.depth):
            layers += [nn.Linear(inputs, self.width), nn.LeakyReLU(0.2)]
            inputs = self.width
        return layers


class Conditional(nn.Module):
    """Layers that see z (n, size) joined with the one-hot code (n,)."""

    def __init__(self, codes: int, *layers: nn.Module) -> None:
        super().__init__()
        self.codes, self.layers = codes, nn.Sequential(*layers)

    def forward(self, z: Tensor, code: Tensor) -> Tensor:
        samples: Tensor = self.layers(gc.join(z, gc.one_hot(code, self.codes)))
        return samples
