"""The Frechet distance from a cloud to a Gaussian of which mean and covariance alone are known."""

from __future__ import annotations

from torch import Tensor

from gancheck.numerics.features import FeatureSet
from gancheck.numerics.frechet import SMALL, covariance, cross_trace, factor, nuclear_norm, root, variance


def distance_to_gaussian(features: FeatureSet, mean: Tensor, sigma: Tensor) -> Tensor:
    """Scalar, float64, at least 0: of (n, d) features to mean (d,) and covariance (d, d), float64, on one device.

    BadData with fewer than 2 samples.
    """
    spread = variance(features)
    if len(features) <= features.dimension or features.dimension <= SMALL:
        cross = nuclear_norm(factor(features) @ root(sigma).T)
    else:
        cross = cross_trace(covariance(features), sigma)
    return ((features.mean - mean).square().sum() + spread + sigma.trace() - 2 * cross).clamp_min(0)
