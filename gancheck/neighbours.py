"""Nearest neighbours without the n x n matrix: blockwise distances, radii, and who lies in whose ball.

Ties count as inside (d <= r, radii widened by one part in 1e9 so that rounding cannot undo it): a sample is inside a
ball of radius 0 around its exact copy, and an exact copy of the data has coverage 1 even where the data repeats itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.errors import BadData

DIRECT = 16  #: up to so many features the differences themselves are as fast as a matrix product, and exact
SAME = 1e-13  #: squared distance, relative to the squared norms, below which a float64 product sees one point
TIE = 1 + 1e-9


@dataclass(frozen=True)
class Balls:
    """Membership in k-nearest-neighbour balls of n generated and m real samples."""

    inside: Tensor  #: (n,) int64, number of real balls that hold each generated sample
    reached: Tensor  #: (m,) bool, real samples that lie in some generated sample's ball
    covered: Tensor  #: (m,) bool, real samples whose ball holds a generated sample


def distances(x: Tensor, y: Tensor, centre: Tensor) -> Tensor:
    """(a, b) Euclidean distances between float64 rows; `centre` is a point amid them; duplicates are at exactly 0."""
    if x.shape[1] <= DIRECT:
        return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
    x, y = x - centre, y - centre
    norms = x.square().sum(1)[:, None], y.square().sum(1)
    squared = torch.addmm(norms[1], x, y.T, alpha=-2).add_(norms[0])
    return squared.masked_fill_(squared <= SAME * (norms[0] + norms[1]), 0).sqrt_()


def radii(cloud: Cloud, k: int) -> Tensor:
    """(n, k) float64 distances of every sample to its k nearest others, ascending. Each pair is looked at once."""
    nearest = torch.full((len(cloud), k), torch.inf, dtype=torch.float64, device=cloud.x.device)
    for here, x in cloud.blocks():
        for there, y in cloud.blocks():
            if here.start > there.start:
                continue
            block = distances(x, y, cloud.mean)
            if here == there:
                block.fill_diagonal_(torch.inf)
            else:
                nearest[there] = smallest(nearest[there], block.T, k)
            nearest[here] = smallest(nearest[here], block, k)
    return nearest


def smallest(known: Tensor, block: Tensor, k: int) -> Tensor:
    """The k smallest of every row of both, ascending."""
    found = block.topk(min(k, block.shape[1]), largest=False).values
    return torch.cat([known, found], 1).topk(k, largest=False).values


def balls(samples: Cloud, reference: Cloud, ks: tuple[int, ...]) -> dict[int, Balls]:
    """Membership for every k in `ks`, from one pass over the distances between the two sets.

    BadData where a set has no k neighbours, or where the reference is one point over and over.
    """
    depth = max(ks)
    check(samples, reference, depth)
    fake_radii, real_radii = samples.once(radii, depth) * TIE, reference.once(radii, depth) * TIE
    inside = torch.zeros(depth, len(samples), dtype=torch.int64, device=samples.x.device)
    reached = torch.zeros(depth, len(reference), dtype=torch.bool, device=samples.x.device)
    gap = torch.full((len(reference),), torch.inf, dtype=torch.float64, device=samples.x.device)
    for here, x in samples.blocks():
        for there, y in reference.blocks():
            block = distances(x, y, reference.mean)
            gap[there] = torch.minimum(gap[there], block.amin(0))
            for k in ks:
                inside[k - 1, here] += (block <= real_radii[there, k - 1]).sum(1)
                reached[k - 1, there] |= (block <= fake_radii[here, k - 1, None]).any(0)
    return {k: Balls(inside[k - 1], reached[k - 1], gap <= real_radii[:, k - 1]) for k in ks}


def check(samples: Cloud, reference: Cloud, k: int) -> None:
    """Both sets need k neighbours for every sample, and the reference two different points."""
    fewest = min(len(samples), len(reference))
    if k < 1 or fewest <= k:
        raise BadData(f"{k} neighbours need at least {max(k, 1) + 1} samples on both sides, got {fewest}: draw more")
    if bool((reference.x == reference.x[0]).all()):
        raise BadData("all reference samples are the same, so neighbourhoods have no size: give other real samples")
