"""The residual networks of spectrally normalised GANs, for images from 8x8 to 64x64.

Miyato, Kataoka, Koyama & Yoshida, "Spectral normalization for generative adversarial networks", ICLR 2018, the networks
for CIFAR-10; start and order of layers by the authors' published code. Spectral normalisation is a strategy here, and
the model has none of its own: the paper's GAN is `hinge+spectral-norm` on it, with Adam at 2e-4 (betas 0, 0.9), batches
of 64 and five updates of the discriminator per one of the generator. Other strategies can so be compared on the same
networks.

The generator is normalised over the batch in training, and by running means of batches when samples are drawn, as
there; its layers have no bias where the last normalisation would take it away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

from torch import Tensor, nn

import gancheck as gc

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)
SIDES = {8: (4, 1), 16: (4, 2), 28: (7, 2), 32: (4, 3), 64: (4, 4)}  #: of an image -> innermost side, halvings to it


@gc.gan("sngan-resnet")
@dataclass(frozen=True)
class SnganResnet(gc.Gan):
    """Residual blocks, batch normalisation in the generator alone; the side must be 8, 16, 28, 32 or 64."""

    width: int = 64  #: channels of the generator; 256 in the paper
    discriminator_width: int = 32  #: channels of the discriminator; 128 in the paper
    latent: int = 128  #: dimensions of z ~ N(0, I); 128 in the paper

    def build(self, data: gc.DataSpec) -> gc.Players:
        if not data.is_image or data.shape[1] != data.shape[2] or data.shape[1] not in SIDES:
            raise ValueError(
                f"sngan-resnet takes square images of side 8, 16, 28, 32 or 64, not samples of shape {data.shape}"
            )
        return gc.Players(self.generator(data), self.discriminator(data), gc.Latent(self.latent))

    def generator(self, data: gc.DataSpec) -> nn.Module:
        """z to an image in [-1, 1]."""
        wide, (inner, halvings) = self.width, SIDES[data.shape[1]]
        return nn.Sequential(
            start(nn.Linear(self.latent, wide * inner**2)),
            nn.Unflatten(1, (wide, inner, inner)),
            *(up_block(wide) for _ in range(halvings)),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
            start(nn.Conv2d(wide, data.shape[0], 3, 1, 1)),
            nn.Tanh(),
        )

    def discriminator(self, data: gc.DataSpec) -> nn.Module:
        """An image to a logit: halved until its side is at most 8, then two blocks more, and the sum over pixels."""
        wide, side = self.discriminator_width, data.shape[1]
        further = max(0, math.ceil(math.log2(side / 8)) - 1)
        return nn.Sequential(
            first_block(data.shape[0], wide),
            *(down_block(wide) for _ in range(further)),
            flat_block(wide),
            flat_block(wide),
            nn.ReLU(),
            SumPixels(),
            start(nn.Linear(wide, 1, bias=False)),
        )


class Residual(nn.Module):
    """What a path makes of images (n, c, h, w), added to what a shortcut does."""

    def __init__(self, path: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.path, self.shortcut = path, shortcut

    def forward(self, x: Tensor) -> Tensor:
        both: Tensor = self.path(x) + self.shortcut(x)
        return both


class SumPixels(nn.Module):
    """Maps (n, c, h, w) to (n, c), summed over pixels."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sum((2, 3))


def up_block(wide: int) -> Residual:
    """The generator's block: twice the side, pixels repeated before the first convolution."""
    return Residual(
        nn.Sequential(
            nn.BatchNorm2d(wide),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            convolution(wide, wide, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
            convolution(wide, wide, bias=False),
        ),
        nn.Sequential(nn.Upsample(scale_factor=2), start(nn.Conv2d(wide, wide, 1, bias=False))),
    )


def first_block(colours: int, wide: int) -> Residual:
    """The discriminator's first block, which does not begin with a ReLU: half the side."""
    path = nn.Sequential(convolution(colours, wide), nn.ReLU(), convolution(wide, wide), nn.AvgPool2d(2))
    return Residual(path, nn.Sequential(nn.AvgPool2d(2), start(nn.Conv2d(colours, wide, 1))))


def down_block(wide: int) -> Residual:
    """The discriminator's block: half the side, by the mean of four pixels."""
    path = nn.Sequential(nn.ReLU(), convolution(wide, wide), nn.ReLU(), convolution(wide, wide), nn.AvgPool2d(2))
    return Residual(path, nn.Sequential(start(nn.Conv2d(wide, wide, 1)), nn.AvgPool2d(2)))


def flat_block(wide: int) -> Residual:
    """The discriminator's block that keeps the side."""
    path = nn.Sequential(nn.ReLU(), convolution(wide, wide), nn.ReLU(), convolution(wide, wide))
    return Residual(path, nn.Identity())


def convolution(inputs: int, outputs: int, bias: bool = True) -> nn.Conv2d:
    """A 3x3 convolution of a block's path, which starts larger than other layers."""
    return start(nn.Conv2d(inputs, outputs, 3, 1, 1, bias=bias), gain=math.sqrt(2))


def start(layer: Layer, gain: float = 1.0) -> Layer:
    """The layer with weights as Glorot & Bengio draw them, uniform, and a bias of 0."""
    nn.init.xavier_uniform_(layer.weight, gain)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
