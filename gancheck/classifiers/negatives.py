"""Images that are no digits, made from digits: what a failing generator tends to show.

A classifier alone maps blurs, blends and class means right onto the classes' centres. Training it to tell such images
from digits moves them away (Hendrycks, Mazeika & Dietterich, "Deep anomaly detection with outlier exposure",
ICLR 2019).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

Kind = Callable[[Tensor, Tensor, Tensor, torch.Generator], Tensor]


def outliers(x: Tensor, y: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """`count` images (count, 8, 8) in [-1, 1], equal numbers of every kind, from digits `x` with classes `y`."""
    parts = []
    for kind in KINDS:
        rows = torch.randint(len(x), (-(-count // len(KINDS)),), generator=generator)
        parts.append(kind(x, y, rows, generator))
    return torch.cat(parts)[:count].clamp(-1, 1)


def blend(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """Weighted mean of two digits."""
    return torch.lerp(x[rows], x[others(x, rows, generator)], 0.25 + 0.5 * uniform(rows, generator))


def class_mean(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """Weighted mean of two to six digits of one class."""
    alike = (y[rows, None] == y).double()
    members = torch.multinomial(alike, 6, generator=generator)
    sizes = torch.randint(2, 7, (len(rows), 1), generator=generator)
    weight = (0.5 + 0.5 * torch.rand(members.shape, generator=generator)) * (torch.arange(6) < sizes)
    return torch.einsum("nk,nkij->nij", weight / weight.sum(1, keepdim=True), x[members])


def overlay(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """Two digits on top of each other."""
    return torch.maximum(x[rows], x[others(x, rows, generator)])


def gaussian(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """A draw from the normal distribution with the mean and the covariance of all digits."""
    mean = x.mean(0)
    amounts = torch.randn(len(rows), len(x), generator=generator) / len(x) ** 0.5
    return mean + torch.einsum("nk,kij->nij", amounts, x - mean)


def static(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """Uniform noise."""
    return 2 * torch.rand(x[rows].shape, generator=generator) - 1


def flat(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """One grey level, with some noise."""
    level = 2 * uniform(rows, generator) - 1
    return level + 0.2 * uniform(rows, generator) * torch.randn(x[rows].shape, generator=generator)


def noisy(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """A digit under heavy noise."""
    return x[rows] + (0.4 + 0.6 * uniform(rows, generator)) * torch.randn(x[rows].shape, generator=generator)


def blur(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """A digit averaged over 3 x 3 pixels."""
    return avg_pool2d(x[rows][:, None] + 1, 3, 1, 1)[:, 0] - 1


def faint(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """A digit with a third to two thirds of its ink."""
    return (x[rows] + 1) * (0.3 + 0.4 * uniform(rows, generator)) - 1


def others(x: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """(n,) rows, each different from the given one."""
    return (rows + torch.randint(1, len(x), rows.shape, generator=generator)) % len(x)


def uniform(rows: Tensor, generator: torch.Generator) -> Tensor:
    """(n, 1, 1) numbers in [0, 1), one an image."""
    return torch.rand(len(rows), 1, 1, generator=generator)


#: Blends and means are the hardest, so they come twice.
KINDS: tuple[Kind, ...] = (
    *(blend, blend, class_mean, class_mean),
    *(overlay, gaussian, static, flat, noisy, blur, faint),
)
