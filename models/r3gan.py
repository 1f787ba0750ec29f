"""R3GAN's residual networks without normalisation, scaled by width, for images from 8x8 to 64x64.

Huang, Gokaslan, Kuleshov & Tompkin, "The GAN is dead; long live the GAN! A modern GAN baseline", NeurIPS 2024; block,
start and resampling by the authors' published code. The paper's objective and penalties are a strategy here: its GAN is
`rpgan+r1r2+ema` on this model. There 4x4 to 32x32 have 768 channels and two blocks each, z has 64 dimensions, and Adam
trains at beta1 = 0 on batches of 512.

One block serves both players: 1x1, 3x3 in groups, 1x1, with twice the channels in between. The last layer of a block
starts at 0, so that every block starts as the identity, and the others are scaled down by how many blocks there are
(Zhang, Dauphin & Ma, "Fixup initialization", ICLR 2019): with nothing normalised, blocks leave the variance of a signal
as it is, however many they are. Ours: the width is the same at every side, borders are continued when resampling, and
pixels end in tanh, as of all models here; the authors' generator ends without.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

import gancheck as gc

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)
SIDES = {8: (4, 1), 16: (4, 2), 28: (7, 2), 32: (4, 3), 64: (4, 4)}  #: of an image -> innermost side, halvings to it
GAIN = math.sqrt(2 / (1 + 0.2**2))  #: by which a leaky ReLU of slope 0.2 makes signals smaller
GROUP = 8  #: channels per group of a 3x3 convolution, which has twice as many in between


@gc.gan("r3gan")
@dataclass(frozen=True)
class R3gan(gc.Gan):
    """Residual blocks of grouped bottlenecks, nothing normalised; the side must be 8, 16, 28, 32 or 64."""

    width: int = 32  #: channels at every side, a multiple of 8; 768 in the paper
    blocks: int = 1  #: residual blocks at every side; 2 in the paper
    latent: int = 64  #: dimensions of z ~ N(0, I); 64 in the paper

    def build(self, data: gc.DataSpec) -> gc.Players:
        if not data.is_image or data.shape[1] != data.shape[2] or data.shape[1] not in SIDES:
            raise ValueError(
                f"r3gan takes square images of side 8, 16, 28, 32 or 64, not samples of shape {data.shape}"
            )
        if self.width % GROUP or self.width < GROUP or self.blocks < 1:
            raise ValueError(f"r3gan needs a width that is a multiple of {GROUP}, not {self.width}, and a block")
        inner, halvings = SIDES[data.shape[1]]
        sides = [inner * 2**i for i in range(halvings + 1)]
        return gc.Players(self.generator(data, sides), self.discriminator(data, sides), gc.Latent(self.latent))

    def generator(self, data: gc.DataSpec, sides: list[int]) -> nn.Module:
        """z to an image in [-1, 1]."""
        layers: list[nn.Module] = [Basis(self.latent, self.width, sides[0]), *self.stage(sides)]
        for side in sides[:-1]:
            layers += [Resample(doubling(side)), *self.stage(sides)]
        return nn.Sequential(*layers, start(nn.Conv2d(self.width, data.shape[0], 1, bias=False)), nn.Tanh())

    def discriminator(self, data: gc.DataSpec, sides: list[int]) -> nn.Module:
        """An image to a logit."""
        layers: list[nn.Module] = [start(nn.Conv2d(data.shape[0], self.width, 1, bias=False)), *self.stage(sides)]
        for side in reversed(sides[:-1]):
            layers += [Resample(doubling(side).mT / 2), *self.stage(sides)]
        pooled = start(nn.Conv2d(self.width, self.width, sides[0], groups=self.width, bias=False))
        return nn.Sequential(*layers, pooled, nn.Flatten(), start(nn.Linear(self.width, 1, bias=False)))

    def stage(self, sides: list[int]) -> list[nn.Module]:
        """The residual blocks of one side."""
        return [Block(self.width, blocks=self.blocks * len(sides)) for _ in range(self.blocks)]


class Block(nn.Module):
    """Maps (n, width, h, w) and what a bottleneck adds to them, one of so many blocks of a network."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        gain, wide = GAIN * blocks**-0.25, 2 * width
        self.path = nn.Sequential(
            start(nn.Conv2d(width, wide, 1), gain),
            nn.LeakyReLU(0.2),
            start(nn.Conv2d(wide, wide, 3, 1, 1, groups=width // GROUP), gain),
            nn.LeakyReLU(0.2),
            start(nn.Conv2d(wide, width, 1, bias=False), 0.0),
        )

    def forward(self, x: Tensor) -> Tensor:
        more: Tensor = x + self.path(x)
        return more


class Basis(nn.Module):
    """z (n, latent) to maps (n, width, side, side): a learned map per channel, times a linear function of z."""

    def __init__(self, latent: int, width: int, side: int) -> None:
        super().__init__()
        self.maps = nn.Parameter(torch.randn(width, side, side))
        self.linear = start(nn.Linear(latent, width, bias=False))

    def forward(self, z: Tensor) -> Tensor:
        weights: Tensor = self.linear(z)
        return weights[:, :, None, None] * self.maps


class Resample(nn.Module):
    """Square maps to another side: rows and columns times one matrix (side after, side before)."""

    matrix: Tensor

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix)

    def forward(self, x: Tensor) -> Tensor:
        return self.matrix @ x @ self.matrix.mT


def doubling(side: int) -> Tensor:
    """(2 * side, side) float32: bilinear interpolation. Its transpose, halved, blurs alike and leaves every second."""
    return nn.functional.interpolate(torch.eye(side)[None], scale_factor=2, mode="linear")[0].mT


def start(layer: Layer, gain: float = 1.0) -> Layer:
    """The layer with weights of N(0, gain^2 / inputs) and a bias of 0."""
    nn.init.normal_(layer.weight, std=gain / math.sqrt(layer.weight[0].numel()))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
