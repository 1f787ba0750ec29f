"""Nearest neighbours without the n x n matrix: blockwise distances and radii.

All distances are float64. With many features, a float32 screen first rules out the pairs that cannot matter.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.screen import Screen, scale_of, screenable

DIRECT = 16  #: up to so many features the differences themselves are as fast as a matrix product, and exact
SAME = 1e-13  #: squared distance, relative to the squared norms, below which a float64 product sees one point
TIE = 1 + 1e-9  #: what radii are widened by, so that rounding cannot put a tie outside
SPARE = 4  #: neighbours that a screen keeps beyond k: the k nearest are among them but for very close calls


class Nearest(NamedTuple):
    """The k nearest others of every sample of a cloud, ascending."""

    distance: Tensor  #: (n, k) float64
    which: Tensor  #: (n, k) int64 rows


def distances(x: Tensor, y: Tensor, centre: Tensor) -> Tensor:
    """(a, b) Euclidean distances between float64 rows; `centre` is a point amid them; duplicates are at exactly 0."""
    if x.shape[1] <= DIRECT:
        return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")
    x, y = x - centre, y - centre
    norms = x.square().sum(1)[:, None], y.square().sum(1)
    squared = torch.addmm(norms[1], x, y.T, alpha=-2).add_(norms[0])
    return squared.masked_fill_(squared <= SAME * (norms[0] + norms[1]), 0).sqrt_()


def radii(cloud: Cloud, k: int) -> Tensor:
    """(n, k) float64 distances of every sample to its k nearest others, ascending."""
    return cloud.once(nearest, k).distance


def nearest(cloud: Cloud, k: int) -> Nearest:
    """The k nearest others of every sample. Each pair is looked at once."""
    wide = cloud.dimension > DIRECT and len(cloud) > k + SPARE
    return screened(cloud, k) if wide and screenable(cloud) else direct(cloud, k)


def direct(cloud: Cloud, k: int) -> Nearest:
    """The k nearest others, all in float64."""
    found = nobody(len(cloud), k, cloud.x.new_empty(0, dtype=torch.float64))
    for here, x in cloud.blocks():
        for there, y in cloud.blocks():
            if here.start <= there.start:
                meet(found, here, there, distances(x, y, cloud.mean))
    return found


def screened(cloud: Cloud, k: int) -> Nearest:
    """The k nearest others: k and a few more by their lower bounds, then in float64; in doubt from all of them."""
    screen = Screen(cloud, cloud.mean, scale_of(cloud.mean, cloud))
    found = nobody(len(cloud), k + SPARE, screen.floor)
    for here in screen.blocks():
        for there in screen.blocks():
            if here.start <= there.start:
                meet(found, here, there, screen.below(here, screen, there))
    made = sharpened(cloud, screen, found, k)
    doubtful = (screen.reach(made.distance[:, -1]) > found.distance[:, -1]).nonzero()[:, 0]
    return direct(cloud, k) if 2 * len(doubtful) > len(cloud) else repaired(cloud, made, doubtful)


def sharpened(cloud: Cloud, screen: Screen, found: Nearest, k: int) -> Nearest:
    """The k nearest of those found, in float64; the spare ones are measured where they might be among them."""
    distance = torch.full_like(found.distance, torch.inf, dtype=torch.float64)
    distance[:, :k] = exact(cloud, cloud.x, found.which[:, :k])
    close = (screen.reach(distance[:, :k].amax(1)) >= found.distance[:, k]).nonzero()[:, 0]
    distance[close, k:] = exact(cloud, cloud.x[close], found.which[close, k:])
    distance, order = distance.sort(1)
    return Nearest(distance[:, :k].contiguous(), found.which.gather(1, order[:, :k]))


def nobody(n: int, k: int, like: Tensor) -> Nearest:
    """No neighbours yet: all infinitely far."""
    return Nearest(like.new_full((n, k), torch.inf), like.new_full((n, k), -1, dtype=torch.int64))


def meet(found: Nearest, here: slice, there: slice, block: Tensor) -> None:
    """Take in the (a, b) distances between two runs of the same cloud, which both sides learn from."""
    if here == there:
        block.fill_diagonal_(torch.inf)
    else:
        learn(found, there, block.T.contiguous(), here.start)
    learn(found, here, block, there.start)


def learn(found: Nearest, rows: slice | Tensor, block: Tensor, first: int) -> None:
    """Keep the smallest of every row of both; the block's columns are samples from `first` on."""
    k = found.distance.shape[1]
    new = block.topk(min(k, block.shape[1]), largest=False)
    both = torch.cat([found.distance[rows], new.values], 1).topk(k, largest=False)
    found.distance[rows] = both.values
    found.which[rows] = torch.cat([found.which[rows], new.indices + first], 1).gather(1, both.indices)


def exact(cloud: Cloud, x: Tensor, index: Tensor) -> Tensor:
    """(a, k) float64 distances of every row of `x` (a, d) to the k samples of the cloud named in its row."""
    made = torch.empty(index.shape, dtype=torch.float64, device=index.device)
    rows = max(1, few_at_once(cloud) // index.shape[1])
    for own, others, result in zip(*(torch.split(t, rows) for t in (x, index, made)), strict=True):
        result.copy_(apart(own[:, None], cloud.x[others]))
    return made


def apart(x: Tensor, y: Tensor) -> Tensor:
    """Float64 distances between the last dimensions of both, straight from their differences."""
    length: Tensor = torch.linalg.vector_norm(x.double() - y.double(), dim=-1)
    return length


def repaired(cloud: Cloud, found: Nearest, rows: Tensor) -> Nearest:
    """The same with some rows found anew among all samples."""
    everyone = torch.arange(len(cloud), device=rows.device)
    for some in torch.split(rows, at_once(cloud)):
        found.distance[some] = torch.inf
        for there, y in cloud.blocks():
            block = distances(cloud.x[some].double(), y, cloud.mean)
            learn(found, some, block.masked_fill_(some[:, None] == everyone[there], torch.inf), there.start)
    return found


def at_once(cloud: Cloud) -> int:
    """Rows in float64 that fit the chunk."""
    return max(1, cloud.chunk // (8 * cloud.dimension))


def few_at_once(cloud: Cloud) -> int:
    """Pairs of rows to gather at once: they are read and written several times, and an eighth stays close at hand."""
    return max(1, at_once(cloud) // 8)
