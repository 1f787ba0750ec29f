"""Digits of unequal shares: images whose rare classes are the first that a GAN drops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancheck.datasets.base import Batch, Pool, dataset
from gancheck.datasets.images.digit_pools import CLASSES, DigitPool, digits
from gancheck.datasets.images.stacked_digits import StackedDigits
from gancheck.datasets.mixtures.base import require


@dataset("imbalanced-digits")
@dataclass(frozen=True)
class ImbalancedDigits(StackedDigits):
    """Digits as `stacked-digits` has them, whose shares fall geometrically from 0 to 9; in stacks, in every channel.

    The high-quality radius is that of balanced digits. Cui et al., "Class-balanced loss based on effective number of
    samples", CVPR 2019, make long-tailed images this way; they leave images out, here they are drawn more seldom.
    """

    channels: int = 1  #: digits in a sample, 1 to 4; each multiplies the modes by ten
    ratio: float = 30.0  #: share of 0 over that of 9, in every channel

    def __post_init__(self) -> None:
        super().__post_init__()
        require(1 <= self.ratio < math.inf, f"ratio = {self.ratio}: largest over smallest share is 1 or more")

    @cached_property
    def shares(self) -> Tensor:
        """(10,) float64, of the digits in a channel; sums to 1."""
        shares = self.ratio ** -torch.linspace(0, 1, CLASSES, dtype=torch.float64)
        return shares / shares.sum()

    @cached_property
    def weights(self) -> Tensor:
        weights = torch.ones(1, dtype=torch.float64)
        for _ in range(self.channels):
            weights = torch.outer(weights, self.shares).flatten()
        return weights

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        single = self.draw_digits(digits("train"), count, generator)
        place_value = CLASSES ** torch.arange(self.channels - 1, -1, -1, device=generator.device)
        return Batch(single.x, (single.y * place_value).sum(1), self.index(single.y))

    def pool(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        return self.draw_digits(digits(name), count, generator).x

    def draw_digits(self, pool: DigitPool, count: int, generator: torch.Generator) -> DigitPool:
        """(count, channels, 8, 8) images and their (count, channels) classes, with replacement, by the shares."""
        x, y = pool.x.to(generator.device), pool.y.to(generator.device)
        chance = self.shares.to(y.device)[y]  # pools hold equally many of every class
        drawn = torch.multinomial(chance, count * self.channels, replacement=True, generator=generator)
        rows = drawn.reshape(count, self.channels)
        return DigitPool(x[rows], y[rows])
