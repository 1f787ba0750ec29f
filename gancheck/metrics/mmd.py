"""Distance between two sets of samples through Gaussian kernels."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.metrics.vendi import unit
from gancheck.numerics.distances import squared_distances
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.kernels import Kernel, cross_means, own_means, typical_distance
from gancheck.statistics.estimate import Estimate, around


@metric("mmd", better="lower", max_samples=5_000, on_request=True, slow=True)
def mmd(view: View) -> Estimate:
    """Squared maximum mean discrepancy with five Gaussian kernels, unbiased: a perfect generator gets 0 on average.

    It may be negative and stays below 2. The bandwidths are 1/4, 1/2, 1, 2 and 4 times the median distance between
    reference samples (1,000 of them, evenly spaced); the mean of the five kernels is used, so scale and shifts of the
    features do not matter. The interval is the jackknife's: too wide near 0 (by a factor of 1.4), never too narrow on
    average. Damage far below a quarter of the median distance is hardly seen: shrinking modes, blur inside them.
    Fewer than 2 samples, or a reference of one repeated point: BadData.
    Gretton et al., "A kernel two-sample test", JMLR 2012.
    On the ring it did not see: shrink, blur, copy.
    """
    return discrepancy(view.samples, view.real_samples, view.real_samples.cached(mixture))


@metric("cmmd", better="lower", low=0, max_samples=5_000, on_request=True, slow=True)
def cmmd(view: View) -> Estimate:
    """1,000 times the squared mean discrepancy of directions, with a Gaussian kernel of bandwidth 10, biased.

    From 0 to 39.6. The recipe of CMMD on whatever features are in use: its published values belong to CLIP's. Features
    are scaled to length 1 first, so lengths are not seen, and in one dimension nothing but the sign. A perfect
    generator gets about 10 (1 / n + 1 / m) where directions are spread evenly, and less where they are alike: read it
    beside the real row. Samples at 0 have no direction and stay there. Fewer than 2 samples: BadData.
    Jayasumana et al., "Rethinking FID: towards a better evaluation metric for image generation", CVPR 2024.
    On the ring it did not see: shrink, blur, copy, junk.
    """
    a, b = view.samples, view.real_samples
    unbiased = discrepancy(a, b, directional)
    # The kernel lacks its constant 1, so a sample beside itself counts 0: the biased sums differ by the divisor only.
    excess = (a.cached(own_means, directional).mean() / len(a)) + (b.cached(own_means, directional).mean() / len(b))
    value, reach = 1000 * (unbiased.value - excess).clamp_min(0), 1000 * (unbiased.high - unbiased.value)
    return Estimate(value, (value - reach).clamp_min(0), value + reach)


def discrepancy(a: FeatureSet, b: FeatureSet, kernel: Kernel) -> Estimate:
    """Unbiased squared maximum mean discrepancy over all pairs of different samples, with its jackknife interval.

    Efron & Stein, "The jackknife estimate of variance", Annals of Statistics 1981: a mean over pairs varies as twice
    the mean of each sample's own part, to which chance in the other samples only adds.
    """
    own, other = a.cached(own_means, kernel), b.cached(own_means, kernel)
    across, back = cross_means(a, b, kernel)
    parts = own - across, other - back
    error = torch.stack([4 * part.var() / len(part) for part in parts]).sum().sqrt()
    return around(own.mean() + other.mean() - 2 * across.mean(), error)


@dataclass(frozen=True, eq=False)
class Mixture:
    """The mean of Gaussian kernels with bandwidths 1/4, 1/2, 1, 2 and 4 times `width`."""

    width: float

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        """(p, q) kernel values; one exponential, as each bandwidth's kernel is the next one's fourth power."""
        power = squared_distances(x, y).div_(-32 * self.width**2).exp_()
        total = power.clone()
        for _ in range(4):
            power.square_().square_()
            total += power
        return total.div_(5)


def mixture(reference: FeatureSet) -> Mixture:
    """The kernel for a reference: bandwidths about its median distance."""
    return Mixture(typical_distance(reference, 0.5))


def directional(x: Tensor, y: Tensor) -> Tensor:
    """(p, q) Gaussian kernel of bandwidth 10 between directions, less its constant 1, which no discrepancy sees."""
    return squared_distances(unit(x), unit(y)).div_(-200).expm1_()
