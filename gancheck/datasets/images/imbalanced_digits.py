"""Digits of unequal shares: images whose rare classes are the first that a GAN drops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancheck.datasets.base import Batch, Pool, dataset
from gancheck.datasets.images.digit_pools import CLASSES, DigitPool, digits
from gancheck.datasets.images.digit_stack import distinct_numbers
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

    def distinct(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        x = self.thin(digits(name), generator)
        codes = distinct_numbers(len(x) ** self.channels, count, generator)
        rows = torch.stack([codes // len(x) ** c % len(x) for c in range(self.channels)], dim=1)
        return x[rows]

    def thin(self, pool: DigitPool, generator: torch.Generator) -> Tensor:
        """(n, 8, 8) different digits of a pool: all of the most frequent class, of others as many as shares say.
        Which of them, and which numbers are rounded up, is drawn."""
        order = torch.randperm(len(pool.y), generator=generator, device=generator.device)
        x, y = pool.x.to(order.device)[order], pool.y.to(order.device)[order]
        seen = torch.nn.functional.one_hot(y, CLASSES).cumsum(0)  # of every class, up to each digit
        wanted = seen[-1] * (self.shares / self.shares.max()).to(y.device)
        kept = (wanted + torch.rand(CLASSES, generator=generator, device=y.device)).floor()
        return x[seen.gather(1, y[:, None])[:, 0] <= kept[y]]

    def draw_digits(self, pool: DigitPool, count: int, generator: torch.Generator) -> DigitPool:
        """(count, channels, 8, 8) images and their (count, channels) classes, with replacement, by the shares."""
        x, y = pool.x.to(generator.device), pool.y.to(generator.device)
        chance = self.shares.to(y.device)[y]  # pools hold equally many of every class
        drawn = torch.multinomial(chance, count * self.channels, replacement=True, generator=generator)
        rows = drawn.reshape(count, self.channels)
        return DigitPool(x[rows], y[rows])
