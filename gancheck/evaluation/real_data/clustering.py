"""Clusters that stand in for modes: as many as can be found again in other samples of the same data.

Tibshirani & Walther, "Cluster validation by prediction strength", Journal of Computational and Graphical Statistics
2005; the clusters are Ward's, "Hierarchical grouping to optimize an objective function", JASA 1963, one tree for every
number of them.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import cdist
from torch import Tensor

MOST = 4_000  #: samples that are clustered, half of them in each tree
STRENGTH = 0.8  #: of the weakest cluster: the share of its pairs that other samples put together too
LARGEST = 60  #: clusters looked for
SMALLEST = 4  #: samples in a cluster, on average, below which no more are looked for

Array = NDArray[np.float64]


def cluster(projected: Tensor) -> tuple[Tensor, int, bool]:
    """(n,) cluster of every sample (n, p), the number of clusters, and whether the data itself has so many.

    The most clusters that hold up in a second half of the samples; where fewer than two do, the data has no clusters of
    its own, and about sqrt(n) / 2 regions divide it.
    """
    x = projected.double().cpu().numpy()
    half = min(len(x), MOST) // 2
    trees = [linkage(part, "ward") for part in (x[:half], x[half : 2 * half])]
    count = strongest(x[:half], x[half : 2 * half], *trees)
    natural = count >= 2
    count = count if natural else max(1, min(LARGEST, round(math.sqrt(len(x)) / 2)))
    centres = means(x[:half], fcluster(trees[0], count, "maxclust") - 1)
    label = np.concatenate([cdist(part, centres).argmin(1) for part in np.array_split(x, max(1, len(x) // 10_000))])
    return torch.from_numpy(label).to(projected.device), len(centres), natural


def strongest(x: Array, y: Array, first: Array, second: Array) -> int:
    """The largest number of clusters that predict one another; 1 where none do."""
    most = min(LARGEST, len(x) // SMALLEST)
    for count in range(most, 1, -1):
        centres = means(x, fcluster(first, count, "maxclust") - 1)
        own = fcluster(second, count, "maxclust") - 1
        if strength(own, cdist(y, centres).argmin(1)) >= STRENGTH:
            return count
    return 1


def strength(own: NDArray[np.int64], told: NDArray[np.int64]) -> float:
    """Over one's own clusters, the least share of pairs that the other clustering keeps together."""
    table = np.zeros((own.max() + 1, told.max() + 1))
    np.add.at(table, (own, told), 1)
    size = table.sum(1)
    pairs = size * (size - 1)
    kept = (table * (table - 1)).sum(1)
    return float(np.min(np.divide(kept, pairs, out=np.zeros_like(pairs), where=pairs > 0)))


def means(x: Array, label: NDArray[np.int64]) -> Array:
    """(K, p) centres of the clusters."""
    total = np.zeros((label.max() + 1, x.shape[1]))
    np.add.at(total, label, x)
    centres: Array = total / np.bincount(label)[:, None]
    return centres
