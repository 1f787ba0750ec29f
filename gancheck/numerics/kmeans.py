"""Clusters: k-means with greedy k-means++ starts, the same on every run, for features of any offset and scale.

Distances are float32 products of features about their mean, over their largest size; the last assignment is float64.
Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 1982; Arthur & Vassilvitskii,
"k-means++: the advantages of careful seeding", SODA 2007.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics.features import CHUNK, FeatureSet

ROUNDS = 50  #: of Lloyd's iteration at most
STARTERS = 4_096  #: samples that the start is chosen from, or 10 a cluster where that is more


def kmeans(x: Tensor, k: int, generator: torch.Generator, starts: int = 1) -> tuple[Tensor, Tensor]:
    """Centres (k, d) float64 and the label (n,) int64 of every row of `x` (n, d), finite, .

    The generator is a CPU one, whatever the device of `x`, so that starts are the same on each.

    The best of so many `starts`, by the squared distances. Clusters are empty only where `x` has fewer than k different
    rows. BadData where n < k or k < 1.
    """
    if not 1 <= k <= len(x):
        raise BadData(f"cannot make {k} clusters of {len(x)} samples: ask for 1 to {len(x)}")
    scaled, mean, size = about_mean(x)
    found = [lloyd(scaled, start(scaled, k, generator)) for _ in range(starts)]
    _, best = min(found, key=lambda tried: tried[0])
    centres = best.double() * size + mean
    return centres, assign(x, centres)


def kmeans_from(x: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """The same from given `centres` (k, d). One that has no rows, such as a copy of an earlier one, moves elsewhere."""
    scaled, mean, size = about_mean(x)
    _, best = lloyd(scaled, ((centres.double() - mean) / size).float())
    moved = best.double() * size + mean
    return moved, assign(x, moved)


def about_mean(x: Tensor) -> tuple[Tensor, Tensor, float]:
    """Rows about their mean over their largest size, float32; the mean and the size."""
    features = FeatureSet(x)
    size = max(float((block - features.mean).abs().max()) for _, block in features.blocks()) or 1.0
    scaled = torch.cat([((block - features.mean) / size).float() for _, block in features.blocks()])
    return scaled, features.mean, size


def assign(x: Tensor, centres: Tensor) -> Tensor:
    """(n,) int64: the nearest of `centres` (k, d) to every row of `x` (n, d), in float64; the first where they tie."""
    origin = centres.double().mean(0)
    about = centres.double() - origin
    return torch.cat([gaps(block.double() - origin, about).argmin(1) for block in runs(x, len(centres))])


def start(x: Tensor, k: int, generator: torch.Generator) -> Tensor:
    """(k, d) rows of `x` far apart: each is the best of a few drawn in proportion to the squared distance so far."""
    many = max(STARTERS, 10 * k)
    if len(x) > many:
        x = x[torch.randperm(len(x), generator=generator)[:many].to(x.device)]
    trials = 2 + int(math.log(k))
    chosen = torch.randint(len(x), (1,), generator=generator).to(x.device)
    nearest = squared(x, x[chosen])[:, 0]
    for _ in range(k - 1):
        # The first arrival of exponential clocks: a draw in proportion to `nearest`, the first row where all are 0.
        clocks = torch.empty(trials, len(x)).exponential_(generator=generator).to(x.device) / nearest
        tried = clocks.nan_to_num(torch.inf).argmin(1)
        left = torch.minimum(squared(x, x[tried]), nearest[:, None])
        best = left.sum(0).argmin(keepdim=True)
        chosen, nearest = torch.cat([chosen, tried[best]]), left[:, best[0]]
    return x[chosen]


def lloyd(x: Tensor, centres: Tensor) -> tuple[float, Tensor]:
    """Mean squared distance, and centres moved to the means of their samples until no label changes.

    A centre without samples moves to the sample that is farthest from all centres.
    """
    label, gap = nearest_of(x, centres)
    for _ in range(ROUNDS):
        centres, count = means(x, label, len(centres))
        for empty in (count == 0).nonzero()[:, 0]:
            centres[empty] = x[gap.argmax()]
            gap = torch.minimum(gap, squared(x, centres[empty, None])[:, 0])
        before, (label, gap) = label, nearest_of(x, centres)
        if torch.equal(before, label):
            break
    return float(gap.double().mean()), centres


def nearest_of(x: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """(n,) label and squared distance of the nearest centre."""
    found = [squared(block, centres).min(1) for block in runs(x, len(centres))]
    return torch.cat([f.indices for f in found]), torch.cat([f.values for f in found])


def means(x: Tensor, label: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """(k, d) means of the labelled rows, 0 where there is none, and (k,) counts; summed in the order of the rows."""
    total = x.new_zeros(k, x.shape[1], dtype=torch.float64)
    for block, own in zip(runs(x, 1), torch.split(label, rows(x, 1)), strict=True):
        lengths = torch.bincount(own, minlength=k)
        ordered = block[own.argsort(stable=True)].double()
        total += torch.segment_reduce(ordered, "sum", lengths=lengths, axis=0, initial=0.0)
    count = torch.bincount(label, minlength=k)
    return (total / count.clamp_min(1)[:, None]).to(x.dtype), count


def runs(x: Tensor, k: int) -> tuple[Tensor, ...]:
    """Runs of rows so short that neither they nor their distances to k centres leave the chunk."""
    return torch.split(x, rows(x, k))


def rows(x: Tensor, k: int) -> int:
    """Length of such a run."""
    return max(1, CHUNK // (8 * max(k, x.shape[1])))


def squared(x: Tensor, y: Tensor) -> Tensor:
    """(a, b) squared distances between the rows, never negative."""
    return (gaps(x, y) + x.square().sum(1)[:, None]).clamp_min(0)


def gaps(x: Tensor, y: Tensor) -> Tensor:
    """(a, b) squared distances less the rows' own squares, which do not change what is nearest."""
    return torch.addmm(y.square().sum(1), x, y.T, alpha=-2)
