"""Distances between two sets of rows: the one kernel that everything else is built on."""

from __future__ import annotations

import torch
from torch import Tensor

DIRECT = 16  #: up to so many features the differences themselves are as fast as a matrix product, and exact
CLOSE = 1e-9  #: squared distance, relative to the squared norms, below which a product has lost half of its digits


def squared_distances(x: Tensor, y: Tensor, centre: Tensor | None = None) -> Tensor:
    """(a, b) squared distances between float64 rows, never negative; equal rows are at exactly 0.

    `centre` (d,) is a point amid them, so that a common offset costs no digits: the mean of x unless given. Rows that
    are so near each other that their product cannot tell are measured by their differences.
    """
    if x.shape[1] <= DIRECT:
        return direct_distances(x, y).square_()
    centre = x.mean(0) if centre is None else centre
    return measure_close(*multiply_out(x - centre, y - centre), x, y)


def distances(x: Tensor, y: Tensor, centre: Tensor | None = None) -> Tensor:
    """(a, b) Euclidean distances, as `squared_distances`."""
    return direct_distances(x, y) if x.shape[1] <= DIRECT else squared_distances(x, y, centre).sqrt_()


def direct_distances(x: Tensor, y: Tensor) -> Tensor:
    """(a, b) distances from the differences themselves."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")


def multiply_out(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """(a, b) squared distances by a matrix product, and which of them have too few digits left."""
    norms = x.square().sum(1)[:, None], y.square().sum(1)
    squared = torch.addmm(norms[1], x, y.T, alpha=-2).add_(norms[0])
    size = norms[0] + norms[1]
    return squared, (squared <= CLOSE * size).logical_and_(size > 0)


def measure_close(squared: Tensor, close: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The same (a, b) squared distances, those of `close` pairs from the rows' differences.

    A few pairs one by one. Many lie in clusters: each is seen from one of its own rows, about which nothing is lost.
    """
    rows, columns = close.nonzero(as_tuple=True)
    if len(rows) <= len(x):
        squared[rows, columns] = (x[rows] - y[columns]).square().sum(1)
        return squared
    for row in torch.unique(rows).tolist():
        there = close[row].nonzero()[:, 0]
        if len(there):
            here = close[:, there[0]].nonzero()[:, 0]
            near, x_here, y_there = (here[:, None], there), x[here] - x[row], y[there] - x[row]
            made = measure_close(*multiply_out(x_here, y_there), x_here, y_there)
            squared[near] = torch.where(close[near], made, squared[near])
            close[near] = False
    return squared
