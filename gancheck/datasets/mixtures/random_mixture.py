"""Gaussians at random places in any number of dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.mixtures.base import Mixture, require
from gancheck.errors import BadParameter

#: Candidates drawn for each mode before the layout is given up.
PATIENCE = 1_000


@dataset("random-mixture")
@dataclass(frozen=True)
class RandomMixture(Mixture):
    """Equal Gaussians whose centres are uniform in [-1, 1]^dims, none nearer to another than `separation`."""

    dims: int = 10  #: number of coordinates
    modes: int = 10  #: number of Gaussians
    sigma: float = 0.05  #: standard deviation of each Gaussian, per coordinate
    separation: float = 2.0  #: least distance between two centres, in high-quality radii; 2 or more
    seed: int = 0  #: the centres follow from it alone

    def __post_init__(self) -> None:
        require(self.dims >= 1, f"dims = {self.dims}: points have at least one coordinate")
        require(self.modes >= 1, f"modes = {self.modes}: a mixture has at least one mode")
        require(2 <= self.separation < math.inf, f"separation = {self.separation}: below 2 radii the modes overlap")
        super().__post_init__()

    @property
    def noise_dims(self) -> int:
        return self.dims

    def place(self) -> Tensor:
        """Candidates one by one; one that is too close to an accepted centre is rejected."""
        generator = torch.Generator().manual_seed(self.seed)
        centres = torch.empty(0, self.dims, dtype=torch.float64)
        for _ in range(PATIENCE * self.modes):
            new = 2 * torch.rand(1, self.dims, generator=generator, dtype=torch.float64) - 1
            if not (torch.cdist(centres, new) < self.separation * self.reach).any():
                centres = torch.cat([centres, new])
            if len(centres) == self.modes:
                return centres
        raise BadParameter(
            f"only {len(centres)} of {self.modes} modes fit {self.separation * self.reach:.4g} apart into "
            f"[-1, 1]^{self.dims}; take fewer modes, a smaller sigma or a smaller separation"
        )
