"""Who is nearest to whom: neighbours of one cloud in another, block by block."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.neighbours import TIE, distances

RARE = 0.01  #: share of real samples that still count as "too near"


def nearest(cloud: Cloud, others: Cloud, own: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """(n,) float64 distance and (n,) int64 index of the nearest of `others` to every sample.

    `own` (n,) int64 names one of the others that each must not take; the distance is infinite where that leaves none.
    """
    distance = torch.full((len(cloud),), torch.inf, dtype=torch.float64, device=cloud.x.device)
    index = torch.zeros(len(cloud), dtype=torch.int64, device=cloud.x.device)
    for here, x in cloud.blocks():
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


def across(a: Cloud, b: Cloud, k: int) -> tuple[Tensor, Tensor]:
    """(n, k) and (m, k) distances of each cloud's samples to their k nearest in the other, ascending, from one pass."""
    kept = [torch.full((len(c), k), torch.inf, dtype=torch.float64, device=c.x.device) for c in (a, b)]
    for here, x in a.blocks():
        for there, y in b.blocks():
            block = distances(x, y, b.mean)
            for known, rows, found in ((kept[0], here, block), (kept[1], there, block.T)):
                near = found.topk(min(k, found.shape[1]), largest=False).values
                known[rows] = torch.cat([known[rows], near], 1).topk(k, largest=False).values
    return kept[0], kept[1]


def rarely_below(distance: Tensor) -> Tensor:
    """Scalar: the distance (of (m,)) that another draw stays below, or ties with, with chance 1 %.

    The order statistic whose chance floor(0.01 (m + 1)) / (m + 1) is exact; below 99 distances the smallest.
    """
    return distance.kthvalue(max(1, int(RARE * (len(distance) + 1)))).values * TIE
