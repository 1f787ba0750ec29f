"""Draws of a ring of eight modes with known faults."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gancheck.datasets.mixtures.ring import Ring

EVEN = (1.0,) * 8
RING = Ring()


def draw(source: torch.Generator, n: int = 256, weights: Sequence[float] = EVEN, narrow: float = 1.0) -> Tensor:
    """(n, 2) samples of modes with these weights, each shrunk about its centre."""
    batch = RING.draw(12 * n, source)
    rows = torch.multinomial(torch.tensor(weights, dtype=torch.float32)[batch.y], n, generator=source)
    x, y = batch.x[rows], batch.y[rows]
    centres = torch.stack([batch.x[batch.y == mode].mean(0) for mode in range(8)])
    return centres[y] + (x - centres[y]) * narrow


def seeded(seed: int) -> torch.Generator:
    """A generator."""
    return torch.Generator().manual_seed(seed)
