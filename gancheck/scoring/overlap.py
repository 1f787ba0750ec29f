"""Samples that are in the reference: bit for bit, or but for a trifle that rounding or noise would make."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbours import nearest_in, row_distances
from gancheck.numerics.seeding import generator
from gancheck.scoring.evidence import percent
from gancheck.statistics.estimate import of_share
from gancheck.statistics.intervals import Bounded, newcombe

MOST = 2_000  #: samples looked at
TRIFLE = 1e-3  #: of the median distance from a real sample to the nearest other: nearer, two are one
SHARED = 0.05  #: of samples or training data, in the reference beyond real data's own repeats: worth a word
AXES = 32  #: random directions in which the nearest one is looked for, where there are more


def overlap_with(features: FeatureSet, halves: tuple[FeatureSet, FeatureSet], level: float) -> Bounded:
    """Share of samples that are in either half of real data, beyond the share of one half that is in the other.

    Each half is looked through for samples and for the other half alike, so that discrete data, whose values come
    again, is not accused. The ends of Newcombe's intervals are added.
    """
    parts = []
    for half, other in (halves, halves[::-1]):
        near = TRIFLE * float(nearest_distances(other.head(MOST), half).median())
        own, usual = (
            of_share(nearest_distances(side.head(MOST), half) <= near, level).bounded for side in (features, other)
        )
        parts.append(newcombe(own, usual))
    return Bounded(*(sum(ends) for ends in zip(*parts, strict=True)))


def nearest_distances(features: FeatureSet, others: FeatureSet) -> Tensor:
    """(n,) float64 distance of each sample to the one of `others` that is nearest in a few random directions."""
    return features.cached(measure_nearest, others)


def measure_nearest(features: FeatureSet, others: FeatureSet) -> Tensor:
    """The same, not kept. What is in both sets is nearest in any direction."""
    index = nearest_in(thin_out(features), thin_out(others))[1]
    return torch.cat(
        [
            row_distances(x, others.x[rows])
            for x, rows in zip(torch.split(features.x, MOST), torch.split(index, MOST), strict=True)
        ]
    )


def thin_out(features: FeatureSet) -> FeatureSet:
    """The set in a few random directions, the same for every set; as it is where it has no more."""
    return features if features.dimension <= AXES else features.cached(project_randomly)


def project_randomly(features: FeatureSet) -> FeatureSet:
    """(n, 32) float64 random projection."""
    draw = generator("cpu", "score", "overlap")
    axes = torch.randn(features.dimension, AXES, generator=draw, dtype=torch.float64).to(features.x.device)
    return FeatureSet(torch.cat([x @ axes for _, x in features.blocks()]))


def describe_overlaps(samples: Bounded, train: Bounded) -> list[str]:
    """What to say of the shares of samples, and of training data, that are in the reference; nothing of small ones."""
    found = []
    if samples.low > SHARED:
        found.append(
            f"{percent(min(samples.mean, 1.0))} of the samples are in the reference, or as good as; if it is the "
            "training data, give held-out data as the reference and this as --train"
        )
    if train.low > SHARED:
        found.append(
            f"{percent(min(train.mean, 1.0))} of the training data is in the reference, or as good as, so copies "
            "cannot be told: give a reference that the generator was not trained on"
        )
    return found
