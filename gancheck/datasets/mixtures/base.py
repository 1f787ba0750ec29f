"""What the Gaussian mixtures share: draws, the nearest mode, the high-quality radius and the spread inside it.

The radius is sqrt(chi2.ppf(1 - exp(-4.5), m)) * sigma for noise in m coordinates: 3 sigma in two dimensions, as in
PacGAN (Lin et al., NeurIPS 2018), and the same 98.889 % of a mode's mass in any other number of dimensions.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property
from typing import ClassVar

import torch
from scipy.special import chdtr, chdtri
from torch import Tensor

from gancheck.datasets.base import HIGH_QUALITY_MASS, Assignment, Batch, Dataset, DataSpec, Facet, Pool
from gancheck.errors import BadParameter

#: Numbers in the largest matrix that is made at once: 128 MB of float64.
CHUNK = 2**24


def require(holds: bool, otherwise: str) -> None:
    """Raise BadParameter with the line `otherwise`, unless it holds."""
    if not holds:
        raise BadParameter(otherwise)


class Mixture(Dataset):
    """Isotropic Gaussians of one sigma. Every draw is fresh, so pools are endless and share nothing."""

    version: ClassVar[int] = 2  # since modes of equal shares are drawn by randint

    @property
    @abstractmethod
    def sigma(self) -> float:
        """Standard deviation of the noise in each noisy coordinate; a dataclass field in most mixtures."""

    @abstractmethod
    def place(self) -> Tensor:
        """(K, d) float64, the modes' centres."""

    def share(self) -> Tensor:
        """(K,) float64, the modes' shares; equal unless a mixture says otherwise."""
        return torch.full((len(self.centres),), 1 / len(self.centres), dtype=torch.float64)

    @property
    def noise_dims(self) -> int:
        """Number of leading coordinates that carry noise."""
        return self.centres.shape[1]

    @property
    def least_gap(self) -> float:
        """Smallest distance allowed between two centres: two radii, so that no point is good for two modes."""
        return 2 * self.reach

    def __post_init__(self) -> None:
        require(0 < self.sigma < math.inf, f"sigma = {self.sigma}: the standard deviation must be above 0 and finite")
        gap = float(torch.pdist(self.centres).min()) if len(self.centres) > 1 else math.inf
        # A grid whose spacing is exactly two radii is fine, whatever the last bit says.
        require(
            gap >= self.least_gap * (1 - 1e-9),
            f"modes overlap: the nearest centres are {gap:.4g} apart, and sigma = {self.sigma} needs at least "
            f"{self.least_gap:.4g}; take a smaller sigma, fewer modes or a wider layout",
        )

    @cached_property
    def centres(self) -> Tensor:
        """(K, d) float64 on the CPU."""
        return self.place().double()

    @cached_property
    def reach(self) -> float:
        """The high-quality radius: within it a mode holds 98.889 % of its mass."""
        return self.sigma * math.sqrt(chdtri(self.noise_dims, 1 - HIGH_QUALITY_MASS))

    @property
    def spec(self) -> DataSpec:
        return DataSpec((self.centres.shape[1],)).with_modes(self.weights)

    @cached_property
    def weights(self) -> Tensor:
        return self.share()

    @property
    def deviations(self) -> Tensor:
        """(K,) float64, sigma * sqrt(m / d * F_{m+2}(r^2) / F_m(r^2)) with r = reach / sigma and F the chi-square
        distribution functions of the m noisy coordinates, averaged over all d features."""
        m, d = self.noise_dims, self.centres.shape[1]
        truncation = chdtr(m + 2, (self.reach / self.sigma) ** 2) / HIGH_QUALITY_MASS
        return torch.full((len(self.centres),), self.sigma * math.sqrt(truncation * m / d), dtype=torch.float64)

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        device = generator.device
        y = self.draw_modes(count, generator)
        x = self.centres.to(device, torch.float32)[y]
        x[:, : self.noise_dims] += self.sigma * torch.randn(count, self.noise_dims, generator=generator, device=device)
        return Batch(x, y, torch.full_like(y, -1))

    def draw_modes(self, count: int, generator: torch.Generator) -> Tensor:
        """(count,) int64 modes by their shares; equal ones eight times as fast."""
        weights = self.weights
        if (weights == weights[0]).all():
            return torch.randint(len(weights), (count,), generator=generator, device=generator.device)
        return torch.multinomial(weights.to(generator.device), count, replacement=True, generator=generator)

    def pool(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        return self.draw(count, generator).x

    def features(self, x: Tensor) -> Tensor:
        return x

    def assign(self, features: Tensor) -> Assignment:
        """Nearest centre, in float64; a sample that is not finite is never of high quality."""
        label, distance = nearest_in_chunks(features, self.centres.to(features.device))
        return Assignment(label, distance / self.reach)

    def facets(self, features: Tensor, label: Tensor) -> tuple[Facet, ...]:
        return (Facet(features, label),)


def nearest_in_chunks(x: Tensor, centres: Tensor, numbers: int = CHUNK) -> tuple[Tensor, Tensor]:
    """`nearest` in float64, with matrices of at most so many numbers."""
    rows = max(1, numbers // max(centres.shape))
    parts = [nearest(chunk.double(), centres) for chunk in torch.split(x, rows)]
    label, distance = (torch.cat(part) for part in zip(*parts, strict=True))
    return label, distance


def nearest(x: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """(n,) index of the nearest centre and (n,) distance to it.

    The matrix product inside `cdist` may cost a few digits, which can only matter for ties; the distance that is
    compared with the radius is taken from the difference itself.
    """
    label = torch.cdist(x, centres).argmin(1)
    return label, (x - centres[label]).norm(dim=1)
