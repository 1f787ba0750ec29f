"""How many kinds of samples there are at the scale at which real data differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.distances import squared_distances
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.kernels import own_means, typical_distance
from gancheck.statistics.estimate import Estimate, around


@metric("rke", better="higher", low=1, max_samples=5_000, on_request=True, slow=True)
def rke(view: View) -> Estimate:
    """Exponential of the Renyi entropy of order 2 of the samples' Gaussian kernel matrix: 1 / mean squared kernel.

    1 (copies of one sample) to n (no two alike). The bandwidth is half the distance that 5 % of the pairs of reference
    samples stay below (1,000 of them, evenly spaced): near ones count as alike, a typical pair does not, and scale does
    not matter. It grows with n to a limit. A perfect generator gets what real data gets at the same n: read it beside
    the real row. It sees dropped, uneven and shrunken modes; noise off the modes raises it. The interval is the
    jackknife's. A reference of one repeated point, or fewer than 2 samples: BadData.
    Jalali, Li & Farnia, "An information-theoretic evaluation of generative models in learning multi-modal
    distributions", NeurIPS 2023, who leave the bandwidth to the user.
    On the ring it did not see: copy.
    """
    n = len(view.samples)
    others = view.samples.cached(own_means, view.real_samples.cached(alike))
    mean = (1 + (n - 1) * others.mean()) / n
    inverse = around(1 / mean, 2 * others.std() / math.sqrt(n) / mean.square())
    return Estimate(*(end.clamp(1, n) for end in (inverse.value, inverse.low, inverse.high)))


@dataclass(frozen=True, eq=False)
class Alike:
    """The square of a Gaussian kernel with bandwidth `width`."""

    width: float

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        """(p, q) squared kernel values."""
        return squared_distances(x, y).div_(-(self.width**2)).exp_()


def alike(reference: FeatureSet) -> Alike:
    """The squared kernel for a reference."""
    return Alike(typical_distance(reference, 0.05) / 2)
