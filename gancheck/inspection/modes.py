"""The modes of the data as far as they can be known: classes by label, else clusters that stand clearly apart.

Clusters are k-means' on up to 1,000 samples, for the k of 2 to 100 with the largest mean silhouette. They count as
modes only from a silhouette of 0.7 on ("strong structure"; Kaufman & Rousseeuw, "Finding groups in data", 1990): one
Gaussian in two or more dimensions stays below 0.5, and handwritten digits' pixels below 0.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import one_hot

from gancheck.loading.samples import Samples
from gancheck.numerics.kmeans import assign, kmeans
from gancheck.numerics.seeding import generator

SEARCHED = 1_000  #: samples in which k is looked for
COARSE = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 100)
STRONG = 0.7
EACH = 10  #: samples a cluster, at least, on average


@dataclass(frozen=True)
class ModeGroups:
    """Modes and how many samples each holds."""

    sort: str  #: "class" or "cluster"
    names: tuple[str, ...]
    counts: tuple[int, ...]
    silhouette: float | None = None  #: of clusters

    @property
    def shares(self) -> NDArray[np.float64]:
        """(K,) of the samples that were grouped."""
        return np.array(self.counts) / sum(self.counts)


def group_by_label(samples: Samples, labels: Tensor, known: tuple[str, ...] = ()) -> ModeGroups:
    """Groups by label, by their known names; without, images from a folder lend them those of their sub-folders."""
    values, inverse = torch.unique(labels, return_inverse=True)
    counts = torch.bincount(inverse)
    names = [known[int(v)] if known else str(int(v)) for v in values]
    if not known and len(samples.files) == len(labels):
        folders = [{samples.files[i].parent.name for i in (inverse == g).nonzero()[:, 0]} for g in range(len(values))]
        if all(len(f) == 1 for f in folders):
            names = [f.pop() for f in folders]
    return ModeGroups("class", tuple(names), tuple(counts.tolist()))


def find_clusters(kept: Tensor) -> ModeGroups | None:
    """Clusters of (m, p) samples, the largest first; None where there are none that stand apart."""
    few = kept[torch.randperm(len(kept), generator=generator("cpu", "inspect", "clusters"))[:SEARCHED]]
    most = min(COARSE[-1], len(few) // EACH)
    coarse = [k for k in COARSE if k <= most]
    if not coarse or not bool((few != few[0]).any()):
        return None
    apart = torch.cdist(few, few)
    known = {k: silhouette(few, apart, k) for k in coarse}
    best = max(known, key=lambda k: known[k])
    here = coarse.index(best)
    between = range(coarse[max(here - 1, 0)] + 1, coarse[min(here + 1, len(coarse) - 1)])
    known |= {k: silhouette(few, apart, k) for k in between if k not in known}
    best = max(known, key=lambda k: known[k])
    if known[best] < STRONG:
        return None
    label = assign(kept, kmeans(few, best, source(best))[0])
    counts = torch.bincount(label, minlength=best).sort(descending=True).values
    return ModeGroups("cluster", tuple(f"{i + 1}" for i in range(best)), tuple(counts.tolist()), known[best])


def silhouette(x: Tensor, apart: Tensor, k: int) -> float:
    """Mean silhouette of k clusters of `x` (n, d), from all distances (n, n); in [-1, 1], 0 for a cluster of one.

    Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", 1987.
    """
    label = kmeans(x, k, source(k))[1]
    member = one_hot(label, k).double()
    size, own = member.sum(0), label[:, None]
    if not size.all():
        return -1.0  # fewer than k different samples
    total = apart @ member
    inside = total.gather(1, own)[:, 0] / (size[label] - 1).clamp_min(1)
    outside = (total / size).nan_to_num(torch.inf).scatter(1, own, torch.inf).amin(1)
    value = (outside - inside) / torch.maximum(outside, inside)
    return float(torch.where(size[label] > 1, value, 0).nan_to_num(0, 0, 0).mean())


def source(k: int) -> torch.Generator:
    """The random stream for k clusters."""
    return generator("cpu", "inspect", "clusters", k)
