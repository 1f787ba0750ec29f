"""Density and coverage that cannot be bought with outliers or crowds, on a scale linear in the share of good samples.

Salvy, Talbot & Thirion, "Enhanced generative model evaluation with clipped density and coverage", 2025.
k or fewer samples, or a reference of one repeated point: BadData. Intervals ignore that samples share balls.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.metrics.manifold import membership
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbour_balls import clip
from gancheck.numerics.neighbours import TIE, k_nearest
from gancheck.statistics.estimate import Estimate, of_mean


@metric("clipped-density", better="higher", low=0, high=1, max_samples=5_000, on_request=True)
def clipped_density(view: View, k: int = 5) -> Estimate:
    """Number of real balls around a generated sample over k, at most 1 each, on average, over that of real data.

    0 to 1, and a perfect generator gets 1 but for noise. Balls end at the median radius, so that a real outlier's wide
    ball lends nothing; half the samples far off the data give half. It does not see missing modes: copies of one
    well-placed real sample get 1. Salvy, Talbot & Thirion, "Enhanced generative model evaluation with clipped density
    and coverage", 2025.
    On the ring it did not see: imbalance, shrink.
    """
    whole = view.real_samples.cached(own_density, k)
    made = of_mean((membership(view, k).clipped.double() / k).clamp_max(1) / whole)
    return Estimate(*(x.clamp(0, 1) for x in (made.value, made.low, made.high)))


@metric("clipped-coverage", better="higher", low=0, high=1, max_samples=5_000, on_request=True)
def clipped_coverage(view: View, k: int = 5) -> Estimate:
    """Share of a perfect generator's samples that would fill real balls as full, counting up to k samples in each.

    0 to 1, and a perfect generator gets 1 but for noise; half the samples far off the data give half, and so does half
    the data's mass missing, or less. Fewer samples on either side make it noisier, not lower. It does not see how near
    samples are inside a ball. Salvy, Talbot & Thirion, "Enhanced generative model evaluation with clipped density and
    coverage", 2025.
    On the ring it saw every damage tried.
    """
    held = membership(view, k).held
    raw = of_mean((held.double() / k).clamp_max(1))
    curve = expected_fill(len(view.samples), len(held), k).to(held.device)
    return Estimate(*(inverse(curve, x) for x in (raw.value, raw.low, raw.high)))


def own_density(reference: FeatureSet, k: int) -> Tensor:
    """What real samples get among themselves: only a ball's own k neighbours count."""
    distance, index = reference.cached(k_nearest, k)
    inside = index[distance <= clip(distance[:, -1])[:, None] * TIE]
    return (torch.bincount(inside, minlength=len(reference)).double() / k).clamp_max(1).mean()


def expected_fill(n: int, m: int, k: int) -> Tensor:
    """(n + 1,) float64 expected raw coverage of m real samples by 0 to n good ones; it rises from 0.

    A ball that reaches to the k-th of m - 1 others holds Beta(k, m - k) of the mass, so that the number of good samples
    inside is beta-binomial, and E min(number, k) = k - sum of (k - j) P(number = j) over j < k.
    """
    good = torch.arange(n + 1, dtype=torch.float64)
    missing = sum(((k - j) * chance(good, m, k, j) for j in range(k)), torch.zeros_like(good))
    return 1 - missing / k


def chance(good: Tensor, m: int, k: int, j: int) -> Tensor:
    """(n + 1,) float64 probability that exactly j of so many good samples lie in the ball."""
    ways = math.lgamma(m) - math.lgamma(k) - math.lgamma(m - k) + math.lgamma(k + j) - math.lgamma(j + 1)
    rest = (good - j).clamp_min(0)
    log = ways + (good + 1).lgamma() - (rest + 1).lgamma() + (rest + m - k).lgamma() - (good + m).lgamma()
    return log.exp().where(good >= j, 0)


def inverse(curve: Tensor, height: Tensor) -> Tensor:
    """Where between 0 (its first point) and 1 (its last) a rising curve has this height."""
    right = torch.searchsorted(curve, height).clamp(1, len(curve) - 1)
    below, above = curve[right - 1], curve[right]
    return ((right - 1 + (height - below) / (above - below)) / (len(curve) - 1)).clamp(0, 1)
