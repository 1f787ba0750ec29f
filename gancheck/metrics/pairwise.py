"""How far apart samples are from one another."""

from __future__ import annotations

import math

from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.distances import squared_distances
from gancheck.numerics.kernels import own_means
from gancheck.statistics.estimate import Estimate, around


@metric("pairwise-distance", better="higher", low=0, needs="samples", max_samples=5_000, on_request=True, slow=True)
def pairwise_distance(view: View) -> Estimate:
    """Mean Euclidean distance between two different samples, in feature units.

    From 0 (copies of one sample), without bound. A perfect generator gets what real data gets, at any n, and noise gets
    more: read it beside the real row, where well above is as wrong as below. It is a sum over far pairs, so modes that
    shrink, and dropped ones that lie amid the others, are hardly seen. The interval is the jackknife's. Fewer than 2
    samples: BadData. Gini, "Variabilita e mutabilita", 1912 (the mean difference).
    On the ring it did not see: shrink, copy.
    """
    means = view.samples.cached(own_means, distance)
    estimate = around(means.mean(), 2 * means.std() / math.sqrt(len(means)))
    return Estimate(estimate.value, estimate.low.clamp_min(0), estimate.high)


def distance(x: Tensor, y: Tensor) -> Tensor:
    """(p, q) Euclidean distances."""
    return squared_distances(x, y).sqrt_()
