"""Ten Gaussians in 1,200 dimensions, noise in the first 700 only."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.datasets.base import dataset
from gancheck.datasets.mixtures.base import Mixture

DIMS = 1_200
NOISY = 700
LEVELS = (-1.0, -0.5, 0.0, 0.5, -2.0, -2.5, 10.0, 0.25, -13.0, -5.5)


@dataset("veegan1200")
@dataclass(frozen=True)
class Veegan1200(Mixture):
    """Mode k lies at m_k in all 1,200 coordinates; unit noise in the first 700, none in the other 500.

    Srivastava et al., "VEEGAN", NeurIPS 2017, built as in the code of Lin et al., "PacGAN", NeurIPS 2018. Distances
    are over all 1,200 coordinates; the radius, 28.08, is that of 700 degrees of freedom. (The papers' "10 standard
    deviations" rejects every real draw when read as a Euclidean distance: draws lie about 26.5 out.) Seven centres
    lie less than two radii from a neighbour: draws are told apart all the same, yet a point without noise between two
    of them counts as high quality. Spread shows it, for such points have none.
    """

    sigma: float = 1.0  #: standard deviation of the noise in the 700 noisy coordinates

    @property
    def noise_dims(self) -> int:
        return NOISY

    @property
    def least_gap(self) -> float:
        """Six standard deviations: along the line to a neighbour, a draw is on its own side with 99.87 %."""
        return 6 * self.sigma

    def place(self) -> Tensor:
        return torch.tensor(LEVELS, dtype=torch.float64)[:, None].expand(-1, DIMS).clone()
