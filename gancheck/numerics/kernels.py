"""Sums of a kernel over all pairs of samples, block by block: no n x n matrix, and each pair is looked at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics.features import FeatureSet

#: (p, d) and (q, d) float64 rows -> a new (p, q) matrix. Sums are kept for the kernel object, so make it once.
Kernel = Callable[[Tensor, Tensor], Tensor]


class ExpandedKernel(ABC):
    """A kernel that is a product of finitely many features of both sides, so that sums over pairs need no pairs."""

    @abstractmethod
    def expand(self, x: Tensor) -> Tensor:
        """(p, r) float64 features whose products are the kernel's values."""

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        """(p, q) kernel values."""
        return self.expand(x) @ self.expand(y).T


YARDSTICK = 1_000  #: samples, evenly spaced, from which a typical distance is taken


def own_means(features: FeatureSet, kernel: Kernel) -> Tensor:
    """(n,) float64, mean of the kernel between each sample and all others. BadData with fewer than 2 samples."""
    if len(features) < 2:
        raise BadData("a mean over pairs needs at least 2 samples on every side, got 1: draw more")
    total = features.x.new_zeros(len(features), dtype=torch.float64)
    if isinstance(kernel, ExpandedKernel):
        whole = features.cached(feature_sum, kernel)
        for here, x in features.blocks():
            expanded = kernel.expand(x)
            total[here] = expanded @ whole - expanded.square().sum(1)
        return total / (len(features) - 1)
    for here, x in features.blocks():
        for there, y in features.blocks():
            if here == there:
                total[here] += kernel(x, y).fill_diagonal_(0).sum(1)
            elif here.start < there.start:
                block = kernel(x, y)
                total[here] += block.sum(1)
                total[there] += block.sum(0)
    return total / (len(features) - 1)


def cross_means(a: FeatureSet, b: FeatureSet, kernel: Kernel) -> tuple[Tensor, Tensor]:
    """(n,) and (m,) float64, mean of the kernel between each sample of one side and all of the other."""
    if isinstance(kernel, ExpandedKernel):
        means = [(one, other.cached(feature_sum, kernel) / len(other)) for one, other in ((a, b), (b, a))]
        first, second = (torch.cat([kernel.expand(x) @ mean for _, x in one.blocks()]) for one, mean in means)
        return first, second
    total = [features.x.new_zeros(len(features), dtype=torch.float64) for features in (a, b)]
    for here, x in a.blocks():
        for there, y in b.blocks():
            block = kernel(x, y)
            total[0][here] += block.sum(1)
            total[1][there] += block.sum(0)
    return total[0] / len(b), total[1] / len(a)


def feature_sum(features: FeatureSet, kernel: ExpandedKernel) -> Tensor:
    """(r,) sum of a kernel's features over the samples."""
    return torch.stack([kernel.expand(x).sum(0) for _, x in features.blocks()]).sum(0)


def typical_distance(features: FeatureSet, share: float) -> float:
    """The distance that `share` of the pairs stay below, among those that differ. BadData where no two differ.

    From at most 1,000 samples, evenly spaced, so that sorted data do no harm.
    """
    rows = features.x[:: -(-len(features) // YARDSTICK)].double()
    apart = torch.pdist(rows)
    apart = apart[apart > 0]
    if not len(apart):
        raise BadData("the reference is a single point: its distances give no scale, so give more real samples")
    return apart.quantile(share).item()
