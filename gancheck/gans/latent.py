"""The prior of the generator's input: z, and beside it a code where the generator has classes or branches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from gancheck.errors import BadParameter

CODES_TAKEN = "needs a generator without codes (classes, branches, components): a recipe has one meaning of codes"


@dataclass(frozen=True)
class Latent:
    """The prior of z, and of a code beside it."""

    size: int  #: dimensions of z
    prior: Literal["normal", "uniform"] = "normal"  #: N(0, I), or U(-1, 1) in every dimension
    codes: int = 0  #: values of a code that is drawn beside z, such as a class or a branch; 0: there is none
    shares: tuple[float, ...] = ()  #: of the codes; empty: all alike
    shape: tuple[int, ...] = ()  #: of z as the generator takes it, such as (100, 1, 1); empty: (size,), as hooks see it

    def __post_init__(self) -> None:
        if self.size < 1:
            raise BadParameter(f"latent size = {self.size}: needs at least 1 dimension")
        if self.shape and math.prod(self.shape) != self.size:
            raise BadParameter(f"latent shape = {self.shape} holds {math.prod(self.shape)} numbers, not {self.size}")
        if self.codes < 0 or (self.shares and len(self.shares) != self.codes):
            raise BadParameter(f"latent codes = {self.codes} with {len(self.shares)} shares; give one for each")
        if self.shares and (min(self.shares) < 0 or sum(self.shares) <= 0):
            raise BadParameter(f"latent shares = {self.shares}: they are not negative, and some are positive")

    def shaped(self, z: Tensor) -> Tensor:
        """z (n, size) as the generator takes it."""
        return z.reshape(len(z), *self.shape) if self.shape else z

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """(count, size) float32 on the generator's device."""
        if self.prior == "normal":
            return torch.randn(count, self.size, generator=generator, device=generator.device)
        return torch.rand(count, self.size, generator=generator, device=generator.device) * 2 - 1

    def draw_codes(self, count: int, generator: torch.Generator) -> Tensor:
        """(count,) int64 in [0, codes) on the generator's device."""
        uniform = torch.rand(count, generator=generator, device=generator.device)
        shares = torch.tensor(self.shares or [1.0] * self.codes, device=generator.device)
        ends = (shares / shares.sum()).cumsum(0)[:-1]
        return torch.bucketize(uniform, ends, right=True)

    def sample(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor | None]:
        """z (count, size), then the code (count,) of each, or None where there are none."""
        latent = self.draw(count, generator)
        return latent, self.draw_codes(count, generator) if self.codes else None


def one_hot(code: Tensor, count: int) -> Tensor:
    """(n, count) float32 of codes (n,): what `torch.nn.functional.one_hot` gives, in a form that vmap can follow."""
    return (code.unsqueeze(-1) == torch.arange(count, device=code.device)).float()


def join(x: Tensor, columns: Tensor) -> Tensor:
    """Samples (n, c, ...) joined with numbers (n, k): further features, or on images further constant channels."""
    planes = columns.reshape(*columns.shape, *(1 for _ in x.shape[2:]))
    return torch.cat([x, planes.expand(*columns.shape, *x.shape[2:])], 1)
