"""The Frechet distance that infinitely many samples would get."""

from __future__ import annotations

import numpy as np
import torch
from scipy.special import stdtrit
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.frechet import frechet
from gancheck.numerics.seeding import permutation
from gancheck.statistics.estimate import LEVEL, Estimate

PARTS = (1.0, 1.25, 1.5, 1.75, 2.0)  #: subset sizes are n over these: evenly spaced in 1 / n, none small
FEWEST = 50  #: samples


@metric("fid-infinity", better="lower", on_request=True, slow=True)
def fid_infinity(view: View) -> Estimate:
    """Frechet distance extrapolated to infinitely many samples: the intercept of its values at 5 sizes over 1 / n.

    The sizes go from n to n / 2, few because each costs as much as fid; subsets are drawn without replacement from a
    fixed stream. The reference stays whole and keeps its own share of the bias: a perfect generator gets what its m
    samples alone add (tr S / m from the means), and so near 0, sometimes below, for a large reference. As blind as fid
    to all but two moments. The interval is the straight line's; the bias bends, and the value comes out too low, where
    n is below about 10 times the number of features. Fewer than 50 samples: BadData.
    Chong & Forsyth, "Effectively unbiased FID and Inception score and where to find them", CVPR 2020.
    On the ring it did not see: shrink, blur, copy.
    """
    n = len(view.samples)
    if n < FEWEST:
        raise BadData(f"extrapolating needs at least {FEWEST} samples, got {n}: draw more")
    sizes = [int(n / part) for part in PARTS]
    values = [frechet(subset(view.samples, size), view.real_samples).item() for size in sizes]
    line, covariance = np.polyfit([1 / size for size in sizes], values, 1, cov=True)
    value = view.samples.mean.new_tensor(line[1])
    reach = float(-stdtrit(len(sizes) - 2, LEVEL / 2) * covariance[1, 1] ** 0.5)
    return Estimate(value, value - reach, value + reach)


def subset(features: FeatureSet, size: int) -> FeatureSet:
    """`size` samples drawn without replacement, or the set itself where that is all."""
    if size == len(features):
        return features
    return FeatureSet(features.x[shuffle_rows(len(features), size, features.x.device)], features.chunk)


def shuffle_rows(n: int, size: int, device: torch.device) -> Tensor:
    """(size,) indices below n without repeats, the same every time."""
    return permutation(n, device, "metric", "fid-infinity", size)[:size]
