"""Nearest neighbours without the n x n matrix: blockwise distances and radii.

All distances are float64. With few features a tree, with many a float32 screen rules out the pairs that cannot matter.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.numerics.distance_bounds import DistanceBounds, can_bound, scale_of
from gancheck.numerics.distances import DIRECT, distances
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbour_trees import nearest_by_tree, tree_serves, without

TIE = 1 + 1e-9  #: what radii are widened by, so that rounding cannot put a tie outside
SPARE = 4  #: neighbours that a screen keeps beyond k: the k nearest are among them but for very close calls


class Nearest(NamedTuple):
    """The k nearest others of every sample of a set, ascending."""

    distance: Tensor  #: (n, k) float64
    which: Tensor  #: (n, k) int64 rows


def radii(features: FeatureSet, k: int) -> Tensor:
    """(n, k) float64 distances of every sample to its k nearest others, ascending."""
    return features.cached(k_nearest, k).distance


def k_nearest(features: FeatureSet, k: int) -> Nearest:
    """The k nearest others of every sample. Each pair is looked at once, or by a tree only those that are near."""
    if tree_serves(features) and (found := nearest_by_tree(features, features, k + 1)):
        return Nearest(*without(found, torch.arange(len(features))))
    wide = features.dimension > DIRECT and len(features) > k + SPARE
    return k_nearest_by_bounds(features, k) if wide and can_bound(features) else k_nearest_exhaustive(features, k)


def k_nearest_exhaustive(features: FeatureSet, k: int) -> Nearest:
    """The k nearest others, all in float64."""
    found = no_neighbours(len(features), k, features.x.new_empty(0, dtype=torch.float64))
    for here, x in features.blocks():
        for there, y in features.blocks():
            if here.start <= there.start:
                merge_block(found, here, there, distances(x, y, features.mean))
    return found


def k_nearest_by_bounds(features: FeatureSet, k: int) -> Nearest:
    """The k nearest others: k and a few more by their lower bounds, then in float64; in doubt from all of them."""
    screen = DistanceBounds(features, features.mean, scale_of(features.mean, features))
    found = no_neighbours(len(features), k + SPARE, screen.floor)
    for here in screen.blocks():
        for there in screen.blocks():
            if here.start <= there.start:
                merge_block(found, here, there, screen.lower_bounds(here, screen, there))
    made = refine(features, screen, found, k)
    doubtful = (screen.squared_upper_bound(made.distance[:, -1]) > found.distance[:, -1]).nonzero()[:, 0]
    return (
        k_nearest_exhaustive(features, k)
        if 2 * len(doubtful) > len(features)
        else recompute_rows(features, made, doubtful)
    )


def refine(features: FeatureSet, screen: DistanceBounds, found: Nearest, k: int) -> Nearest:
    """The k nearest of those found, in float64; the spare ones are measured where they might be among them."""
    distance = torch.full_like(found.distance, torch.inf, dtype=torch.float64)
    distance[:, :k] = distances_to_rows(features, features.x, found.which[:, :k])
    close = (screen.squared_upper_bound(distance[:, :k].amax(1)) >= found.distance[:, k]).nonzero()[:, 0]
    distance[close, k:] = distances_to_rows(features, features.x[close], found.which[close, k:])
    distance, order = distance.sort(1)
    return Nearest(distance[:, :k].contiguous(), found.which.gather(1, order[:, :k]))


def no_neighbours(n: int, k: int, like: Tensor) -> Nearest:
    """No neighbours yet: all infinitely far."""
    return Nearest(like.new_full((n, k), torch.inf), like.new_full((n, k), -1, dtype=torch.int64))


def merge_block(found: Nearest, here: slice, there: slice, block: Tensor) -> None:
    """Take in the (a, b) distances between two runs of the same set, which both sides learn from."""
    if here == there:
        block.fill_diagonal_(torch.inf)
    else:
        update_rows(found, there, block.T.contiguous(), here.start)
    update_rows(found, here, block, there.start)


def update_rows(found: Nearest, rows: slice | Tensor, block: Tensor, first: int) -> None:
    """Keep the smallest of every row of both; the block's columns are samples from `first` on."""
    k = found.distance.shape[1]
    new = block.topk(min(k, block.shape[1]), largest=False)
    both = torch.cat([found.distance[rows], new.values], 1).topk(k, largest=False)
    found.distance[rows] = both.values
    found.which[rows] = torch.cat([found.which[rows], new.indices + first], 1).gather(1, both.indices)


def distances_to_rows(features: FeatureSet, x: Tensor, index: Tensor) -> Tensor:
    """(a, k) float64 distances of every row of `x` (a, d) to the k samples of the set named in its row."""
    made = torch.empty(index.shape, dtype=torch.float64, device=index.device)
    rows = max(1, few_at_once(features) // index.shape[1])
    for own, others, result in zip(*(torch.split(t, rows) for t in (x, index, made)), strict=True):
        result.copy_(row_distances(own[:, None], features.x[others]))
    return made


def row_distances(x: Tensor, y: Tensor) -> Tensor:
    """Float64 distances between the last dimensions of both, straight from their differences."""
    length: Tensor = torch.linalg.vector_norm(x.double() - y.double(), dim=-1)
    return length


def recompute_rows(features: FeatureSet, found: Nearest, rows: Tensor) -> Nearest:
    """The same with some rows found anew among all samples."""
    everyone = torch.arange(len(features), device=rows.device)
    for some in torch.split(rows, at_once(features)):
        found.distance[some] = torch.inf
        for there, y in features.blocks():
            block = distances(features.x[some].double(), y, features.mean)
            update_rows(found, some, block.masked_fill_(some[:, None] == everyone[there], torch.inf), there.start)
    return found


def at_once(features: FeatureSet) -> int:
    """Rows in float64 that fit the chunk."""
    return max(1, features.chunk // (8 * features.dimension))


def few_at_once(features: FeatureSet) -> int:
    """Pairs of rows to gather at once: they are read and written several times, and an eighth stays close at hand."""
    return max(1, at_once(features) // 8)


QUANTILE = 0.01  #: share of real samples that still count as "too near"


def nearest_in(features: FeatureSet, others: FeatureSet, own: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """(n,) float64 distance and (n,) int64 index of the nearest of `others` to every sample.

    `own` (n,) int64 names one of the others that each must not take; the distance is infinite where that leaves none.
    """
    if tree_serves(others) and (found := nearest_by_tree(features, others, 1 if own is None else 2)):
        near, which = found if own is None else without(found, own)
        return near[:, 0], which[:, 0]
    distance = torch.full((len(features),), torch.inf, dtype=torch.float64, device=features.x.device)
    index = torch.zeros(len(features), dtype=torch.int64, device=features.x.device)
    for here, x in features.blocks():
        for there, y in others.blocks():
            block = distances(x, y, others.mean)
            if own is not None:
                block.masked_fill_(
                    own[here, None] == torch.arange(there.start, there.stop, device=block.device), torch.inf
                )
            found = block.min(1)
            closer = found.values < distance[here]
            index[here] = torch.where(closer, found.indices + there.start, index[here])
            distance[here] = torch.minimum(found.values, distance[here])
    return distance, index


def k_nearest_across(a: FeatureSet, b: FeatureSet, k: int) -> tuple[Tensor, Tensor]:
    """(n, k) and (m, k) distances of each set's samples to their k nearest in the other, ascending, from one pass."""
    if tree_serves(a) and tree_serves(b):
        pairs = [nearest_by_tree(one, other, k) for one, other in ((a, b), (b, a))]
        if pairs[0] and pairs[1]:
            return pairs[0][0], pairs[1][0]
    kept = [torch.full((len(c), k), torch.inf, dtype=torch.float64, device=c.x.device) for c in (a, b)]
    for here, x in a.blocks():
        for there, y in b.blocks():
            block = distances(x, y, b.mean)
            for known, rows, found in ((kept[0], here, block), (kept[1], there, block.T)):
                near = found.topk(min(k, found.shape[1]), largest=False).values
                known[rows] = torch.cat([known[rows], near], 1).topk(k, largest=False).values
    return kept[0], kept[1]


def distance_quantile(distance: Tensor) -> Tensor:
    """Scalar: the distance (of (m,)) that another draw stays below, or ties with, with chance 1 %.

    The order statistic whose chance floor(0.01 (m + 1)) / (m + 1) is exact; below 99 distances the smallest.
    """
    return distance.kthvalue(max(1, int(QUANTILE * (len(distance) + 1)))).values * TIE
