"""A small DCGAN for images from 8x8 to 32x32.

Radford, Metz & Chintala, "Unsupervised representation learning with deep convolutional generative adversarial
networks", ICLR 2016. Without batch normalisation, which hides a lack of variety from the discriminator and makes
replicates depend on each other's batches.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

import gancheck as gc


@gc.gan("dcgan")
@dataclass(frozen=True)
class Dcgan(gc.Gan):
    """Strided convolutions down to 4x4 and up again; the side must be 8, 16 or 32."""

    width: int = 32  #: channels next to the image; they double with every halving of the side
    latent: int = 64  #: dimensions of z ~ N(0, I)

    def build(self, data: gc.DataSpec) -> gc.Players:
        channels = self.channels(data)
        return gc.Players(self.generator(data, channels), self.discriminator(data, channels), gc.Latent(self.latent))

    def channels(self, data: gc.DataSpec) -> list[int]:
        """Channels from the image inwards, one entry per halving of the side."""
        sides = {8: 1, 16: 2, 32: 3}
        if not data.is_image or data.shape[1] != data.shape[2] or data.shape[1] not in sides:
            raise ValueError(f"dcgan takes square images of side 8, 16 or 32, not samples of shape {data.shape}")
        return [self.width * 2**i for i in range(sides[data.shape[1]])]

    def generator(self, data: gc.DataSpec, channels: list[int]) -> nn.Module:
        """z to an image in [-1, 1]."""
        deep = channels[-1] * 2
        layers: list[nn.Module] = [nn.Linear(self.latent, deep * 16), nn.Unflatten(1, (deep, 4, 4)), nn.LeakyReLU(0.2)]
        for outer in reversed(channels):
            layers += [nn.ConvTranspose2d(deep, outer, 4, 2, 1), nn.LeakyReLU(0.2)]
            deep = outer
        return nn.Sequential(*layers, nn.Conv2d(deep, data.shape[0], 3, 1, 1), nn.Tanh())

    def discriminator(self, data: gc.DataSpec, channels: list[int]) -> nn.Module:
        """An image to a logit."""
        layers: list[nn.Module] = []
        last = data.shape[0]
        for outer in [*channels, channels[-1] * 2][1:]:
            layers += [nn.Conv2d(last, outer, 4, 2, 1), nn.LeakyReLU(0.2)]
            last = outer
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(last * 16, 1))
