"""Distance between two sets of samples through a polynomial kernel."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations_with_replacement

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.metrics.mmd import discrepancy
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.kernels import ExpandedKernel, Kernel
from gancheck.numerics.seeding import permutation
from gancheck.statistics.estimate import Estimate


@metric("kid", better="lower", max_samples=5_000)
def kid(view: View, subsets: int = 0, size: int = 1_000) -> Estimate | Tensor:
    """Squared maximum mean discrepancy with kernel (x.y / d + 1)^3, unbiased: a perfect generator gets 0 on average.

    It may be negative. Every pair is used rather than 100 random subsets of 1,000: the expectation is the same, the
    variance smaller, no random numbers are drawn, and fewer than 1,000 samples are no error. `kid(subsets=100)` is the
    mean over so many random subsets of `size` samples, as other libraries report it, without an interval. Not
    invariant to shifts.
    The interval is the jackknife's: too wide near 0 (by a factor of 1.4), never too narrow on average.
    Fewer than 2 samples: BadData. Binkowski et al., "Demystifying MMD GANs", ICLR 2018.
    On the ring it did not see: shrink, blur, copy.
    """
    real = view.real_samples
    kernel: Kernel = real.cached(ExpandedCubic) if real.dimension <= PLAIN else real.cached(Cubic)
    if subsets < 0 or size < 2:
        raise BadParameter(f"subsets = {subsets}, size = {size}: subsets must not be negative, and size at least 2")
    if subsets == 0:
        return discrepancy(view.samples, view.real_samples, kernel)
    values = []
    for i in range(subsets):
        a, b = subset(view.samples, size, "samples", i), subset(view.real_samples, size, "reference", i)
        values.append(discrepancy(a, b, kernel).value)
    return torch.stack(values).mean()


PLAIN = 12  #: features up to which a kernel has no more than 455 of its own, fewer than there are samples


def subset(features: FeatureSet, size: int, name: str, i: int) -> FeatureSet:
    """The i-th random subset of one side, the same every time; all of it where it has no more."""
    rows = permutation(len(features), features.x.device, "metric", "kid", name, i)[:size]
    return FeatureSet(features.x[rows], features.chunk)


class Cubic:
    """(x.y / d + 1)^3 less a function of x and one of y, which no discrepancy sees.

    With c the mean of `reference`, x = c + u and y = c + v, those are the terms that hold u or v alone. Left in, they
    drown the rest where features are tiny (all is 1) or share a large offset (all is |c|^6).
    """

    def __init__(self, reference: FeatureSet) -> None:
        self.centre, self.dimension = reference.mean, reference.dimension
        self.level = self.centre.square().sum() / self.dimension + 1

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        """(p, q): (A + a + b + w)^3 - (A + a)^3 - (A + b)^3 + A^3, A = c.c / d + 1, a = c.u / d, w = u.v / d."""
        u, v = (x - self.centre) / self.dimension, y - self.centre
        w, a, b = u @ v.T, (u @ self.centre)[:, None], v @ self.centre / self.dimension
        base = self.level + a + b
        cube = w.square().addcmul_(w + base, base, value=3).mul_(w)
        # The rest, 3 a b (2 A + a + b), is a matrix of rank 2.
        return cube.addmm_(torch.cat([a * (self.level + a), a], 1), torch.stack([b, b * (self.level + b)]), alpha=3)


class ExpandedCubic(ExpandedKernel):
    """The same for few features d, as (d + 1)(d + 2)(d + 3) / 6 features of its own.

    x.y / d + 1 is a product in d + 1 coordinates. Seen along the reference's mean, where it is A, it is
    A (1 + s)(1 + t) + q.r with s = a / A, t = b / A, and q, r across. Its cube less functions of one side has no term
    of s or t alone.
    """

    def __init__(self, reference: FeatureSet) -> None:
        d = reference.dimension
        self.centre, self.root = reference.mean, math.sqrt(d)
        self.along = self.centre / self.root
        self.level = float(self.along.square().sum()) + 1
        size = self.level - 1
        self.shrink = (1 - self.level**-0.5) / size if size > 0 else 0.0
        self.pairs, self.triples = (products(d, order, self.centre.device) for order in (2, 3))

    def expand(self, x: Tensor) -> Tensor:
        """(p, r) features."""
        u = (x - self.centre) / self.root
        length = (u @ self.along)[:, None]
        s, q = length / self.level, u - self.shrink * length * self.along
        parts = (
            self.level**1.5 * s * (3 + 3 * s + s * s),
            math.sqrt(3) * self.level * (1 + s).square() * q,
            math.sqrt(3 * self.level) * (1 + s) * multiply(q, *self.pairs),
            multiply(q, *self.triples),
        )
        return torch.cat(parts, 1)


def products(d: int, order: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """(t, order) columns of every product of so many coordinates, and (t,) roots of how often each is there."""
    columns = list(combinations_with_replacement(range(d), order))
    times = [math.factorial(order) / math.prod(map(math.factorial, Counter(c).values())) for c in columns]
    return torch.tensor(columns, device=device), torch.tensor(times, dtype=torch.float64, device=device).sqrt()


def multiply(q: Tensor, columns: Tensor, weight: Tensor) -> Tensor:
    """(p, t) products of these columns, weighted."""
    return q[:, columns].prod(2) * weight
