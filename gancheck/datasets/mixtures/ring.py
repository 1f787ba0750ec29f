"""Gaussians on a circle: the smallest picture of mode collapse."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.mixtures.base import Mixture, require


@dataset("ring", presets={"ring8": {"modes": 8, "radius": 1.0, "sigma": 0.01}})
@dataclass(frozen=True)
class Ring(Mixture):
    """Equal Gaussians at equal steps on a circle.

    Lin et al., "PacGAN", NeurIPS 2018: radius 1, sigma 0.01. Public code that steps with `linspace(0, 2 pi, 8)` lays
    the last mode on the first; here all places are distinct.
    """

    modes: int = 8  #: number of Gaussians
    radius: float = 1.0  #: distance of the centres from the origin
    sigma: float = 0.01  #: standard deviation of each Gaussian, per coordinate

    def __post_init__(self) -> None:
        require(self.modes >= 1, f"modes = {self.modes}: a ring has at least one mode")
        require(0 < self.radius < math.inf, f"radius = {self.radius}: the ring's radius must be above 0 and finite")
        super().__post_init__()

    def place(self) -> Tensor:
        angle = 2 * math.pi * torch.arange(self.modes, dtype=torch.float64) / self.modes
        return self.radius * torch.stack([angle.cos(), angle.sin()], dim=1)
