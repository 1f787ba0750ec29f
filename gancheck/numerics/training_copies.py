"""Samples that are copies of training samples: nearer to one than real data ever comes, but for 1 % of it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbours import distance_quantile, nearest_in


@dataclass(frozen=True, eq=False)
class TrainingCopies:
    """How near n samples come to the training data."""

    distance: Tensor  #: (n,) float64, to the nearest training sample
    index: Tensor  #: (n,) int64, that training sample
    threshold: Tensor  #: scalar, what 1 % of held-out real samples stay below; a copy is no farther
    copied: Tensor  #: (n,) bool


def find_copies(samples: FeatureSet, train: FeatureSet, held_out: FeatureSet) -> TrainingCopies:
    """Which samples are copies. What 1 % of new real samples stay below is measured on `held_out`; more than 1 % of
    real data is called a copy where real data repeats itself, or where fewer than 99 samples are held out."""
    distance, index = samples.cached(nearest_in, train)
    threshold = distance_quantile(held_out.cached(nearest_in, train)[0])
    return TrainingCopies(distance, index, threshold, distance <= threshold)
