"""Distances between two sets of rows: the one kernel that everything else is built on."""

from __future__ import annotations

import torch
from torch import Tensor

DIRECT = 16  #: up to so many features the differences themselves are as fast as a matrix product, and exact


SAME = 1e-13  #: squared distance, relative to the squared norms, below which a float64 product sees one point


def squared_distances(x: Tensor, y: Tensor, centre: Tensor | None = None) -> Tensor:
    """(a, b) squared distances between float64 rows, never negative; what is one point to rounding is at exactly 0.

    `centre` (d,) is a point amid them, so that a common offset costs no digits: the mean of x unless given.
    """
    if x.shape[1] <= DIRECT:
        return direct_distances(x, y).square_()
    centre = x.mean(0) if centre is None else centre
    x, y = x - centre, y - centre
    norms = x.square().sum(1)[:, None], y.square().sum(1)
    squared = torch.addmm(norms[1], x, y.T, alpha=-2).add_(norms[0])
    return squared.masked_fill_(squared <= SAME * (norms[0] + norms[1]), 0)


def distances(x: Tensor, y: Tensor, centre: Tensor | None = None) -> Tensor:
    """(a, b) Euclidean distances, as `squared_distances`."""
    return direct_distances(x, y) if x.shape[1] <= DIRECT else squared_distances(x, y, centre).sqrt_()


def direct_distances(x: Tensor, y: Tensor) -> Tensor:
    """(a, b) distances from the differences themselves."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
