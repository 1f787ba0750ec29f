"""Gaussians on a square lattice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.mixtures.base import Mixture, require


@dataset("grid", presets={"grid25": {"side": 5, "spacing": 2.0, "sigma": 0.05}})
@dataclass(frozen=True)
class Grid(Mixture):
    """Equal Gaussians on a square lattice around the origin.

    Lin et al., "PacGAN", NeurIPS 2018: 25 centres at {-4, -2, 0, 2, 4}^2, sigma 0.05.
    """

    side: int = 5  #: modes along each axis
    spacing: float = 2.0  #: distance between neighbouring centres
    sigma: float = 0.05  #: standard deviation of each Gaussian, per coordinate

    def __post_init__(self) -> None:
        require(self.side >= 1, f"side = {self.side}: a grid has at least one mode along each axis")
        require(0 < self.spacing < math.inf, f"spacing = {self.spacing}: the spacing must be above 0 and finite")
        super().__post_init__()

    def place(self) -> Tensor:
        line = self.spacing * (torch.arange(self.side, dtype=torch.float64) - (self.side - 1) / 2)
        return torch.cartesian_prod(line, line)
