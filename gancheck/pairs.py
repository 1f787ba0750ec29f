"""Sums of a kernel over all pairs of samples, block by block: no n x n matrix, and each pair is looked at once."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.errors import BadData

#: (p, d) and (q, d) float64 rows -> a new (p, q) matrix. Sums are kept for the kernel object, so make it once.
Kernel = Callable[[Tensor, Tensor], Tensor]

DIRECT = 16  #: up to so many features the differences themselves are as fast as a matrix product, and exact
YARDSTICK = 1_000  #: samples, evenly spaced, from which a typical distance is taken


def own_means(cloud: Cloud, kernel: Kernel) -> Tensor:
    """(n,) float64, mean of the kernel between each sample and all others. BadData with fewer than 2 samples."""
    if len(cloud) < 2:
        raise BadData("a mean over pairs needs at least 2 samples on every side, got 1: draw more")
    total = cloud.x.new_zeros(len(cloud), dtype=torch.float64)
    for here, x in cloud.blocks():
        for there, y in cloud.blocks():
            if here == there:
                total[here] += kernel(x, y).fill_diagonal_(0).sum(1)
            elif here.start < there.start:
                block = kernel(x, y)
                total[here] += block.sum(1)
                total[there] += block.sum(0)
    return total / (len(cloud) - 1)


def cross_means(a: Cloud, b: Cloud, kernel: Kernel) -> tuple[Tensor, Tensor]:
    """(n,) and (m,) float64, mean of the kernel between each sample of one side and all of the other."""
    total = [cloud.x.new_zeros(len(cloud), dtype=torch.float64) for cloud in (a, b)]
    for here, x in a.blocks():
        for there, y in b.blocks():
            block = kernel(x, y)
            total[0][here] += block.sum(1)
            total[1][there] += block.sum(0)
    return total[0] / len(b), total[1] / len(a)


def squares(x: Tensor, y: Tensor) -> Tensor:
    """(p, q) squared distances between float64 rows, about x's mean so that a common offset costs no digits."""
    if x.shape[1] <= DIRECT:
        return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").square_()
    origin = x.mean(0)
    x, y = x - origin, y - origin
    squared = torch.addmm(y.square().sum(1), x, y.T, alpha=-2)
    return squared.add_(x.square().sum(1)[:, None]).clamp_min_(0)


def typical_distance(cloud: Cloud, share: float) -> float:
    """The distance that `share` of the pairs stay below, among those that differ. BadData where no two differ.

    From at most 1,000 samples, evenly spaced, so that sorted data do no harm.
    """
    rows = cloud.x[:: -(-len(cloud) // YARDSTICK)].double()
    apart = torch.pdist(rows)
    apart = apart[apart > 0]
    if not len(apart):
        raise BadData("the reference is a single point: its distances give no scale, so give more real samples")
    return apart.quantile(share).item()
