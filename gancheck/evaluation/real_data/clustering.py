"""Clusters that stand in for modes: those that are found again in other samples of the same data, with gaps between.

Tibshirani & Walther, "Cluster validation by prediction strength", Journal of Computational and Graphical Statistics
2005; the clusters are Ward's, "Hierarchical grouping to optimize an objective function", JASA 1963, one tree for every
number of them. Strength alone also accepts halves of one uniform block, so every cluster must be parted from the one
next to it by a valley.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import cdist
from torch import Tensor

MOST = 4_000  #: samples that are clustered, half of them in each tree
STRENGTH = 0.8  #: of the weakest cluster: the share of its pairs that other samples put together too
REGIONS = 60  #: at most, where there are no clusters
SMALLEST = 4  #: samples in a cluster, on average, below which no more are looked for
FEWEST = 20  #: samples in a region
FIRST, CLEAREST = 30, 40  #: numbers of clusters that are tried: the first ones, and those before the widest gaps
VALLEY = 0.5  #: of the lower of two peaks: what lies between them must be sparser
BAND = 0.1  #: half the width of a band, of the way from one centre to the other

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tree:
    """Merges of n samples, ready to be cut into any number of clusters."""

    heights: Array  #: (n - 1,) of the merges, from the last to the first
    order: Labels  #: (n,) samples, so that those of every merge stand together
    splits: Labels  #: (n - 1,) place in that order where each merge, from the last to the first, is parted

    @classmethod
    def grow(cls, x: Array) -> Tree:
        """Ward's, of samples (n, p)."""
        merges = linkage(x, "ward")
        n = len(x)
        size, start = np.ones(2 * n - 1, dtype=np.int64), np.zeros(2 * n - 1, dtype=np.int64)
        size[n:] = merges[:, 3]
        parts = merges[::-1, :2].astype(np.int64)
        mixed = (parts[:, 0] < n) & (parts[:, 1] >= n)
        parts[mixed] = parts[mixed, ::-1]  # single samples stand last, as scipy numbers clusters
        for node, (left, right) in zip(range(2 * n - 2, n - 1, -1), parts, strict=True):
            start[left], start[right] = start[node], start[node] + size[left]
        return cls(merges[::-1, 2], np.argsort(start[:n]), start[parts[:, 1]])

    def cut(self, count: int) -> Labels:
        """(n,) cluster of each sample, of at most `count`: merges of one height are parted all or none."""
        if count <= len(self.heights):
            count = 1 + int((self.heights > self.heights[count - 1]).sum())
        first = np.zeros(len(self.order), dtype=np.int64)
        first[self.splits[: count - 1]] = 1
        label = np.empty_like(first)
        label[self.order] = first.cumsum()
        return label


def cluster(projected: Tensor) -> tuple[Tensor, int, bool]:
    """(n,) cluster of every sample (n, p), the number of clusters, and whether the data itself has so many.

    The most clusters that hold up in a second half of the samples; where fewer than two do, the data has no clusters of
    its own, and about sqrt(n / 8) regions divide it.
    """
    x = projected.double().cpu().numpy()
    half = min(len(x), MOST) // 2
    trees = [Tree.grow(part) for part in (x[:half], x[half : 2 * half])]
    count = strongest(x[:half], x[half : 2 * half], *trees)
    natural = count >= 2
    count = count if natural else max(1, min(REGIONS, round(math.sqrt(len(x) / 8))))
    own = trees[0].cut(count)
    centres = means(x[:half], own)
    if not natural:  # regions are anybody's: those with too few samples to be measured go to their neighbours
        size = np.bincount(own)
        centres = centres[size >= min(FEWEST, size.max())]
    label = np.concatenate([cdist(part, centres).argmin(1) for part in np.array_split(x, max(1, len(x) // 10_000))])
    return torch.from_numpy(label).to(projected.device), len(centres), natural


def strongest(x: Array, y: Array, first: Tree, second: Tree) -> int:
    """The largest number of clusters that predict one another and stand apart; 1 where none do."""
    for count in numbers_to_try(first, second):
        centres = means(x, first.cut(count))
        own = second.cut(count)
        nearest = cdist(y, centres).argmin(1)
        if strength(own, nearest) >= STRENGTH and stand_apart(y, nearest, centres):
            return count
    return 1


def numbers_to_try(first: Tree, second: Tree) -> list[int]:
    """Numbers of clusters from large to small: few ones, and those before the widest gaps in both trees' heights."""
    most = len(first.order) // SMALLEST
    gaps = widest_gaps(first) + widest_gaps(second)
    clearest = np.argsort(-gaps[: max(most - 1, 0)], kind="stable")[:CLEAREST] + 2
    return sorted({*range(2, min(FIRST, most) + 1), *clearest.tolist()}, reverse=True)


def widest_gaps(tree: Tree) -> Array:
    """(n - 2,) for 2, 3, ... clusters: logarithm of the next merge's height over the last one's."""
    heights = np.log(np.maximum(tree.heights, max(1e-12 * tree.heights[0], 1e-300)))
    gaps: Array = heights[:-1] - heights[1:]
    return gaps


def strength(own: Labels, predicted: Labels) -> float:
    """Over one's own clusters, the least share of pairs that the other clustering keeps together."""
    table = np.zeros((own.max() + 1, predicted.max() + 1))
    np.add.at(table, (own, predicted), 1)
    size = table.sum(1)
    pairs = size * (size - 1)
    kept = (table * (table - 1)).sum(1)
    return float(np.min(np.divide(kept, pairs, out=np.zeros_like(pairs), where=pairs > 0)))


def stand_apart(y: Array, nearest: Labels, centres: Array) -> bool:
    """Whether fewer samples lie halfway between each centre and the one next to it than at the lower of the two.

    Counted along the line through both, among samples that had no part in the centres.
    """
    between = cdist(centres, centres)
    np.fill_diagonal(between, np.inf)
    pairs = {(min(a, b), max(a, b)) for a, b in enumerate(between.argmin(1).tolist())}
    return all(has_valley(y[np.isin(nearest, pair)], centres[list(pair)]) for pair in pairs)


def has_valley(samples: Array, ends: Array) -> bool:
    """Whether samples (n, p) of two clusters are sparse halfway between their centres (2, p)."""
    way = ends[1] - ends[0]
    if not way.any():
        return False
    place = (samples - ends[0]) @ way / (way @ way)
    start, middle, stop = (int((np.abs(place - at) <= BAND).sum()) for at in (0.0, 0.5, 1.0))
    return middle < VALLEY * min(start, stop)


def means(x: Array, label: Labels) -> Array:
    """(K, p) centres of the clusters."""
    total = np.zeros((label.max() + 1, x.shape[1]))
    np.add.at(total, label, x)
    centres: Array = total / np.bincount(label)[:, None]
    return centres
