"""Neighbours in a few dimensions by a k-d tree: no distances between all pairs, a hundred times faster at 10,000.

Bentley, "Multidimensional binary search trees used for associative searching", Communications of the ACM 1975.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gancheck.numerics.features import FeatureSet
from gancheck.numerics.fingerprints import row_fingerprints

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

PLAIN = 5  #: features up to which a tree rules out most pairs; with 8 it is hardly faster
REPEATS = 32  #: copies of one point that a leaf may hold, since all of them are looked at
QUERIES = 4_096  #: balls looked into at once
WIDER = 1 + 1e-12  #: what balls are searched with, for the tree rounds otherwise


def tree_serves(features: FeatureSet) -> bool:
    """Whether these points are best searched by a tree."""
    plain = features.dimension <= PLAIN and features.x.device.type == "cpu"
    return plain and features.cached(most_repeats) <= REPEATS


def most_repeats(features: FeatureSet) -> int:
    """How often the most frequent point is there."""
    return int(torch.unique(features.cached(row_fingerprints), return_counts=True)[1].max())


def tree_of(features: FeatureSet) -> cKDTree:
    """The tree of a set."""
    from scipy.spatial import cKDTree  # not needed where points have more features

    return cKDTree(features.x.double().numpy())


def nearest_by_tree(features: FeatureSet, others: FeatureSet, k: int) -> tuple[Tensor, Tensor] | None:
    """(n, k) float64 distances to the k nearest of `others`, ascending, and (n, k) which these are.

    None where so many are not there, or distances are too large to be numbers.
    """
    if k > len(others):
        return None
    tree = others.cached(tree_of)
    distance, index = tree.query(features.x.double().numpy(), k=range(1, k + 1), workers=torch.get_num_threads())
    if not np.isfinite(distance).all():
        return None
    return torch.from_numpy(distance), torch.from_numpy(index)


def without(found: tuple[Tensor, Tensor], own: Tensor) -> tuple[Tensor, Tensor]:
    """(n, k) of (n, k + 1) neighbours: without the one named `own` (n,), or the last where that is not there."""
    distance, index = found
    taken = index == own[:, None]
    taken[:, -1] |= ~taken.any(1)
    keep = ~taken
    return distance[keep].reshape(len(own), -1), index[keep].reshape(len(own), -1)


def pairs_in_balls(centres: FeatureSet, radius: Tensor, others: FeatureSet) -> Iterator[tuple[Tensor, Tensor]]:
    """(p,) rows of centres and of others: every pair within the centre's `radius` (n,), and hardly any beyond."""
    tree, x, reach = others.cached(tree_of), centres.x.double().numpy(), (radius * WIDER).numpy()
    for start in range(0, len(x), QUERIES):
        here = slice(start, start + QUERIES)
        lists = tree.query_ball_point(x[here], reach[here], workers=torch.get_num_threads())
        counts = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
        rows = np.repeat(np.arange(start, start + len(lists)), counts)
        yield torch.from_numpy(rows), torch.from_numpy(joined(lists))


def joined(lists: NDArray[np.object_]) -> NDArray[np.int64]:
    """All of them, one after the other."""
    return np.concatenate([np.asarray(found, dtype=np.int64) for found in lists])
