"""How far apart samples are from one another."""

from __future__ import annotations

import math

from torch import Tensor

from gancheck.estimate import Estimate, around
from gancheck.metrics.base import metric
from gancheck.pairs import own_means, squares
from gancheck.view import View


@metric("pairwise-distance", better="higher", low=0, needs="samples", at_most=5_000, asked=True)
def pairwise_distance(view: View) -> Estimate:
    """Mean Euclidean distance between two different samples, in feature units.

    From 0 (copies of one sample), without bound. A perfect generator gets what real data gets, at any n, and noise gets
    more: read it beside the real row, where well above is as wrong as below. It is a sum over far pairs, so modes that
    shrink, and dropped ones that lie amid the others, are hardly seen. The interval is the jackknife's. Fewer than 2
    samples: BadData. Gini, "Variabilita e mutabilita", 1912 (the mean difference).
    On the ring it did not see: shrink, copy.
    """
    means = view.samples.once(own_means, distance)
    estimate = around(means.mean(), 2 * means.std() / math.sqrt(len(means)))
    return Estimate(estimate.value, estimate.low.clamp_min(0), estimate.high)


def distance(x: Tensor, y: Tensor) -> Tensor:
    """(p, q) Euclidean distances."""
    return squares(x, y).sqrt_()
