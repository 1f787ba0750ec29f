"""Which bins of real data lie in one mode: bins between which real data has no valley.

Bins of k-means are finer than modes where there are more of them, and samples that only move inside a mode then seem to
change their kind. After the rule of bumps and valleys of Hartigan & Hartigan, "The dip test of unimodality", Annals of
Statistics 1985, here on the line between two centres.
"""

from __future__ import annotations

import torch
from torch import Tensor

VALLEY = 0.5  #: of the lower peak, below which lies what stands between two modes
HALF = 0.5  #: share of real data that one mode may hold; more means that joined bins are a chain and no mode


def join_bins(x: Tensor, bins: Tensor, centres: Tensor) -> Tensor:
    """(K,) int64: the mode of each bin, counted from 0, of real features `x` (n, d) in `bins` (n,) around (K, d).

    Bins are a mode if a chain of neighbours without a valley leads from one to the other. Where that leaves no modes
    apart (one of them would hold more than half of the data), every bin stays alone.
    """
    count = len(centres)
    modes = torch.arange(count)
    for first in range(count):
        for second in range(first + 1, count):
            if modes[first] != modes[second] and not has_valley(x, bins, centres, first, second):
                modes[modes == modes[second]] = modes[first].clone()
    joined: Tensor = torch.unique(modes, return_inverse=True)[1]
    largest = torch.bincount(joined[bins]).max() / len(bins)
    return joined if float(largest) <= HALF else torch.arange(count)


def has_valley(x: Tensor, bins: Tensor, centres: Tensor, first: int, second: int) -> bool:
    """Whether the middle half of the way between two centres holds at most half of what as long a stretch about
    either centre holds. An empty bin has a valley around it.
    """
    way = centres[second] - centres[first]
    rows = x[(bins == first) | (bins == second)].double()
    place = (rows - centres[first]) @ way / way.square().sum()
    about = [int(((place - middle).abs() <= 0.25).sum()) for middle in (0.0, 0.5, 1.0)]
    return about[1] <= VALLEY * min(about[0], about[2])
