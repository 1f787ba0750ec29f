"""A ring of eight Gaussians with everything known about it, written out by hand so that no dataset is trusted here."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.datasets.base import Assignment, Facet
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View

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
        self.reference, self.train = self.draw(1), self.draw(3)
        self.real_row = self.row(self.draw(2))

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

    def images(self, x: Tensor) -> Tensor:
        """(n, 1, 8, 8): a blob where the sample lies in the square [-1.5, 1.5]^2; blank where it lies outside."""
        axis = torch.linspace(-1.5, 1.5, 8, dtype=torch.float64)
        across, down = ((-((axis - x[:, i, None]) ** 2) / 0.2).exp() for i in (0, 1))
        return (2 * down[:, None, :, None] * across[:, None, None, :] - 1).float()

    def classes(self, x: Tensor) -> Tensor:
        """(n, 10): probabilities of a classifier that looks at directions."""
        angle = torch.arange(10, dtype=torch.float64) * (2 * math.pi / 10)
        return (5 * (x[:, :1] * angle.cos() + x[:, 1:2] * angle.sin())).softmax(1)

    def row(self, x: Tensor, reference: Tensor | None = None, train: Tensor | None = None, **how: Any) -> View:
        """Real samples with everything that goes with them, as their own yardstick; of more features, the first two."""
        reference, train = (
            own if given is None else given for given, own in ((reference, self.reference), (train, self.train))
        )
        classes = self.modes(reference[:, :2].double()).assignment.label
        row = View(x, reference, train=train, reference_labels=classes, **self.beside(x), **how)
        row.yardstick = row
        return row

    def beside(self, x: Tensor) -> dict[str, Any]:
        """Modes, images, classes and labels of samples."""
        plane = x[:, :2].double()
        modes = self.modes(plane)
        given = {"images": self.images(plane), "classes": self.classes(plane)}
        return {"modes": modes, "labels": modes.assignment.label, **given}

    def view(self, x: Tensor, row: View | None = None, **how: Any) -> View:
        """Samples beside the real row."""
        row = row or self.real_row
        return View(x, row.reference, yardstick=row, train=row.train, **self.beside(x), **how)


@pytest.fixture(scope="session")
def ring() -> Ring:
    return Ring()
