"""Gaussians of unequal shares: rare modes are the first that a GAN drops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.mixtures.base import Mixture, require
from gancheck.datasets.mixtures.grid import Grid
from gancheck.datasets.mixtures.ring import Ring
from gancheck.errors import UnknownName, did_you_mean
from gancheck.plugins import parameters

LAYOUTS: dict[str, type[Mixture]] = {"ring": Ring, "grid": Grid}


@dataset("imbalanced", presets={"imbalanced-ring8": {"layout": "ring"}, "imbalanced-grid25": {"layout": "grid"}})
@dataclass(frozen=True)
class Imbalanced(Mixture):
    """A ring or a grid whose modes hold unequal shares: a geometric series, or shares of your own."""

    layout: str = "ring"  #: the places, as 'ring' or 'grid(side=10, sigma=0.03)'
    ratio: float = 10.0  #: largest share over smallest; shares fall geometrically from the first mode to the last
    shares: tuple[float, ...] = ()  #: one share a mode, summing to 1; where given, `ratio` is not used

    def __post_init__(self) -> None:
        modes = len(self.centres)
        require(1 <= self.ratio < math.inf, f"ratio = {self.ratio}: largest over smallest share is 1 or more")
        if self.shares:
            require(len(self.shares) == modes, f"{len(self.shares)} shares for {modes} modes: give one for each mode")
            require(min(self.shares) > 0, f"shares must all be above 0, and the smallest is {min(self.shares)}")
            require(abs(sum(self.shares) - 1) < 1e-6, f"shares sum to {sum(self.shares):.6g}; they must sum to 1")
        super().__post_init__()

    @cached_property
    def balanced(self) -> Mixture:
        """The same places with equal shares."""
        name, values = parameters.parse_call(self.layout)
        if name not in LAYOUTS:
            raise UnknownName(f"unknown layout '{name}'.{did_you_mean(name, LAYOUTS)} Take one of {', '.join(LAYOUTS)}")
        return parameters.build(LAYOUTS[name], values, f"layout '{name}'")

    @property
    def sigma(self) -> float:
        return self.balanced.sigma

    def place(self) -> Tensor:
        return self.balanced.centres

    def share(self) -> Tensor:
        modes = len(self.centres)
        falling = self.ratio ** -torch.linspace(0, 1, modes, dtype=torch.float64)
        shares = torch.tensor(self.shares, dtype=torch.float64) if self.shares else falling
        return shares / shares.sum()
