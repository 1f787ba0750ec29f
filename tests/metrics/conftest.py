"""A ring of eight Gaussians with everything known about it, written out by hand so that no dataset is trusted here."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gancheck.datasets.base import Assignment, Facet
from gancheck.modes import Modes
from gancheck.view import View

SIGMA = 0.02
INSIDE = 1 - math.exp(-4.5)
#: Standard deviation of each coordinate of a plane Gaussian cut off at 3 sigma.
CUT = SIGMA * math.sqrt((1 - math.exp(-4.5) * 5.5) / INSIDE)


class Ring:
    """K modes at radius 1; `view` compares samples with reals, `n` of them everywhere."""

    def __init__(self, n: int = 2000, k: int = 8) -> None:
        angle = torch.arange(k, dtype=torch.float64) * (2 * math.pi / k)
        self.n, self.k = n, k
        self.centres = torch.stack([angle.cos(), angle.sin()], 1)
        self.reference = self.draw(1)
        self.real_row = View(self.draw(2), self.reference, modes=self.modes(self.draw(2)))
        self.real_row.yardstick = self.real_row

    def draw(self, seed: int, shares: Tensor | None = None, width: float = 1.0) -> Tensor:
        """(n, 2) samples, modes with these shares and `width` times the real deviation."""
        generator = torch.Generator().manual_seed(seed)
        shares = torch.ones(self.k) if shares is None else shares
        label = torch.multinomial(shares, self.n, replacement=True, generator=generator)
        noise = torch.randn(self.n, 2, dtype=torch.float64, generator=generator)
        return self.centres[label] + width * SIGMA * noise

    def modes(self, x: Tensor) -> Modes:
        """The assignment to the nearest centre."""
        distance, label = torch.cdist(x, self.centres).min(1)
        equal = torch.full((self.k,), 1 / self.k)
        deviations = torch.full((self.k,), CUT)
        return Modes(Assignment(label, distance / (3 * SIGMA)), (Facet(x, label),), equal, deviations)

    def view(self, x: Tensor) -> View:
        """Samples beside the real row."""
        return View(x, modes=self.modes(x), yardstick=self.real_row)


@pytest.fixture(scope="session")
def ring() -> Ring:
    return Ring()
