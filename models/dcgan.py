"""A small DCGAN for images from 8x8 to 64x64.

Radford, Metz & Chintala, "Unsupervised representation learning with deep convolutional generative adversarial
networks", ICLR 2016. Without batch normalisation unless asked for: it hides a lack of variety from the discriminator
and makes a sample depend on its batch. With it, samples are normalised over their batch in training, and by the running
means of batches when they are drawn for evaluation; layers before it have no bias, which it would take away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import nn

import gancheck as gc

SIDES = {8: (4, 1), 16: (4, 2), 28: (7, 2), 32: (4, 3), 64: (4, 4)}  #: of an image -> innermost side, halvings to it


@gc.gan("dcgan")
@dataclass(frozen=True)
class Dcgan(gc.Gan):
    """Strided convolutions down to 4x4 or 7x7 and up again; the side must be 8, 16, 28, 32 or 64."""

    width: int = 32  #: channels next to the image; they double with every halving of the side
    discriminator_width: int = 0  #: the discriminator's, for one that is weaker or stronger; 0: as many
    latent: int = 64  #: dimensions of z ~ N(0, I)
    normalisation: Literal["none", "batch"] = "none"  #: of hidden layers; as in the paper not the discriminator's first

    def build(self, data: gc.DataSpec) -> gc.Players:
        own, judging = (self.channels(data, width) for width in (self.width, self.discriminator_width or self.width))
        return gc.Players(self.generator(data, own), self.discriminator(data, judging), gc.Latent(self.latent))

    def channels(self, data: gc.DataSpec, width: int) -> list[int]:
        """Channels from the image inwards, one entry per halving of the side."""
        if not data.is_image or data.shape[1] != data.shape[2] or data.shape[1] not in SIDES:
            raise ValueError(
                f"dcgan takes square images of side 8, 16, 28, 32 or 64, not samples of shape {data.shape}"
            )
        return [width * 2**i for i in range(SIDES[data.shape[1]][1])]

    def generator(self, data: gc.DataSpec, channels: list[int]) -> nn.Module:
        """z to an image in [-1, 1]."""
        deep, inner = channels[-1] * 2, SIDES[data.shape[1]][0]
        first = nn.Linear(self.latent, deep * inner**2, bias=self.has_bias)
        layers = [first, nn.Unflatten(1, (deep, inner, inner)), *self.norm(deep), nn.LeakyReLU(0.2)]
        for outer in reversed(channels):
            up = nn.ConvTranspose2d(deep, outer, 4, 2, 1, bias=self.has_bias)
            layers += [up, *self.norm(outer), nn.LeakyReLU(0.2)]
            deep = outer
        return nn.Sequential(*layers, nn.Conv2d(deep, data.shape[0], 3, 1, 1), nn.Tanh())

    def discriminator(self, data: gc.DataSpec, channels: list[int]) -> nn.Module:
        """An image to a logit."""
        first, *deeper = [*channels, channels[-1] * 2][1:]
        layers: list[nn.Module] = [nn.Conv2d(data.shape[0], first, 4, 2, 1), nn.LeakyReLU(0.2)]
        last = first
        for outer in deeper:
            layers += [nn.Conv2d(last, outer, 4, 2, 1, bias=self.has_bias), *self.norm(outer), nn.LeakyReLU(0.2)]
            last = outer
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(last * SIDES[data.shape[1]][0] ** 2, 1))

    @property
    def has_bias(self) -> bool:
        """Whether layers that a normalisation may follow have a bias."""
        return self.normalisation == "none"

    def norm(self, channels: int) -> list[nn.Module]:
        """The normalisation of a hidden layer."""
        return [] if self.normalisation == "none" else [nn.BatchNorm2d(channels)]
