"""How many different samples there are, from how often two of them coincide."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from scipy.special import gammaincinv
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.distances import distances
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbours import TIE
from gancheck.statistics.estimate import LEVEL, Estimate

PAIRS = 100  #: real pairs that count as coinciding,
SHARE = 0.02  #: or so many of all pairs, where that is fewer


@metric("birthday", better="higher", low=0, max_samples=5_000, on_request=True, slow=True)
def birthday(view: View) -> Estimate:
    """Support size by the birthday paradox: of N equal outputs, one pair in N coincides.

    From 0 to n (n - 1). Two samples coincide when they are no farther apart than the 100 closest pairs of real samples
    (2 % of all pairs where that is fewer), and the estimate is the number of pairs over the number that coincide plus
    1/2: every pair is used rather than whether batches collide. A perfect generator gets about n (n - 1) / 200, the
    resolution: 125,000 at n = 5,000, and 50 below n = 101. 1 / value is about 1 / N + 1 / resolution,
    so read it beside the real row. Unequal outputs count as 1 / sum p^2 equal ones. No pair coincides:
    twice the pairs, without an upper bound. The interval takes the distance as given. Fewer than 2 samples on a
    side: BadData.
    Arora & Zhang, "Do GANs actually learn the distribution? An empirical study", 2017.
    On the ring it did not see: imbalance.
    """
    if min(len(view.samples), len(view.real_samples)) < 2:
        raise BadData("birthday needs at least 2 samples on both sides, got 1: draw more")
    met = partners(view.samples, view.real_samples.cached(closeness) * TIE).double()
    return support(met)


def support(met: Tensor) -> Estimate:
    """The estimate from how many others each sample coincides with, (n,) float64.

    The count is Poisson, widened by what samples differ in their number of partners (the U-statistic's first term).
    """
    n, count = len(met), float(met.sum()) / 2
    pairs = n * (n - 1) / 2
    spare = n * max(float(met.var(unbiased=False) - met.mean()), 0.0)
    unit = 1 + spare / max(count, 1)
    most = float(gammaincinv(count / unit + 1, 1 - LEVEL / 2)) * unit
    least = float(gammaincinv(count / unit, LEVEL / 2)) * unit if count else 0.0
    ends = (pairs / (count + 0.5), pairs / most, pairs / least if least else torch.inf)
    value, low, high = (met.new_tensor(end) for end in ends)
    return Estimate(value, torch.minimum(low, value), torch.maximum(high, value))


def closeness(features: FeatureSet) -> Tensor:
    """Scalar: how far apart the closest pairs are, the farthest of them."""
    wanted = max(1, min(PAIRS, int(SHARE * len(features) * (len(features) - 1) / 2)))
    closest = torch.full((wanted,), torch.inf, dtype=torch.float64, device=features.x.device)
    for _, _, block in pairs_of(features):
        near = block.flatten().topk(min(wanted, block.numel()), largest=False).values
        closest = torch.cat([closest, near]).topk(wanted, largest=False).values
    return closest.max()


def partners(features: FeatureSet, threshold: Tensor) -> Tensor:
    """(n,) int64: how many others are no farther than `threshold`."""
    met = torch.zeros(len(features), dtype=torch.int64, device=features.x.device)
    for here, there, block in pairs_of(features):
        close = block <= threshold
        met[here] += close.sum(1)
        met[there] += close.sum(0)
    return met


def pairs_of(features: FeatureSet) -> Iterator[tuple[slice, slice, Tensor]]:
    """Blocks of distances in which every pair of samples is once, and everything else at infinity."""
    for here, x in features.blocks():
        for there, y in features.blocks():
            if here.start > there.start:
                continue
            block = distances(x, y, features.mean)
            if here == there:
                block.masked_fill_(torch.ones_like(block, dtype=torch.bool).tril(), torch.inf)
            yield here, there, block
