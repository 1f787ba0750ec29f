"""Whether samples are new, or lean on the training data.

All three look at every training sample they are given, so a copy is found wherever its original is.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbours import TIE, nearest_in
from gancheck.numerics.seeding import permutation
from gancheck.numerics.training_copies import find_copies
from gancheck.statistics.estimate import Estimate, of_rate, of_share


@metric("memorisation", better="lower", low=0, high=1, needs="train", on_request=True)
def memorisation(view: View) -> Estimate:
    """Share of samples nearer to the training data than to as many held-out real samples; a tie counts half.

    0 to 1. A perfect generator gets 1/2 on average at any n, a generator of training samples 1; less than 1/2 says that
    held-out data leaked. Of the larger set a fixed random part is taken, so copies of a few samples of a large training
    set go unseen: that is `copies`. Samples with the same neighbour make the interval wider.
    Meehan et al., "A non-parametric test to detect data-copying in generative models", AISTATS 2020, compare the same
    distances by ranks.
    On the ring it did not see: drop, imbalance, shrink, blur, repeat, junk.
    """
    fewest = min(len(view.train), len(view.real_samples))
    (train, copied), (held_out, other) = (
        view.samples.cached(nearest_in, features.cached(part, fewest)) for features in (view.train, view.real_samples)
    )
    ahead = (train * TIE < held_out).double() + (train <= held_out * TIE).double()
    neighbour = torch.where(ahead > 0, copied, other + fewest)
    return of_rate(ahead.mean() / 2, separate(neighbour))


@metric("authenticity", better="higher", low=0, high=1, needs="train", on_request=True)
def authenticity(view: View) -> Estimate:
    """Share of samples whose nearest training sample has another training sample nearer than the sample.

    0 to 1; copies get 0. A perfect generator stays below 1 (1/3 on a line, about 0.4 in the plane): read it beside the
    real row. It asks for no held-out data. At n = 1 it is 0 or 1. Fewer than 2 training samples: BadData.
    Alaa et al., "How faithful is your synthetic data? Sample-level metrics for evaluating and auditing generative
    models", ICML 2022.
    On the ring it did not see: drop, imbalance, repeat.
    """
    if len(view.train) < 2:
        raise BadData("authenticity needs at least 2 training samples, got 1: give more")
    distance, index = view.samples.cached(nearest_in, view.train)
    originals, which = torch.unique(index, return_inverse=True)
    apart = nearest_in(FeatureSet(view.train.x[originals], view.train.chunk), view.train, originals)[0]
    return of_rate((apart[which] * TIE < distance).double().mean(), separate(which))


@metric("copies", better="lower", low=0, high=1, needs="train", on_request=True)
def copies(view: View) -> Estimate:
    """Share of samples nearer to a training sample than all but 1 % of held-out real samples are.

    0 to 1. A perfect generator gets 0.01 on average, with 99 or more held-out samples; 1 / (m + 1) with m of them, and
    more where real data repeats itself. It does not see blends of several training samples.
    On the ring it did not see: drop, imbalance, blur, junk.
    """
    return of_share(find_copies(view.samples, view.train, view.real_samples).copied)


def part(features: FeatureSet, n: int) -> FeatureSet:
    """A random part of n samples, the same for the same set; all of it where it has no more."""
    if n == len(features):
        return features
    chosen = permutation(len(features), features.x.device, "metric", "memorisation")[:n]
    return FeatureSet(features.x[chosen], features.chunk)


def separate(neighbour: Tensor) -> float:
    """How many independent samples n are worth whose neighbours (n,) are shared: n^2 / sum c^2, c counts."""
    return float(len(neighbour) ** 2 / torch.bincount(neighbour).double().square().sum())
