"""Whether samples sit on training data, by ranks against real data that was not trained on.

Meehan et al., "A non-parametric test to detect data-copying in generative models", AISTATS 2020, compare distances to
training data; here each is over the distance to the fifth nearest, for samples that huddle where data is dense are near
to everything, and copy nothing.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics.distances import distances
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.fingerprints import distinct_rows

K = 5
SURE = 300.0  #: -log10 p at which doubles end
ROWS = 64  #: of samples at once


class CopyTest:
    """Training features, and how near real data that was not trained on comes to them."""

    def __init__(self, training: Tensor, held_out: FeatureSet) -> None:
        self.training = distinct_rows(FeatureSet(training))
        if len(self.training) <= K:
            raise BadData(f"training: {len(self.training)} different samples are too few, give more than {K}")
        self.held_out = held_out

    def measure(self, samples: FeatureSet) -> float:
        """-log10 p of the Mann-Whitney test that samples are nearer to a training sample than held-out data is.

        Samples with the same nearest one count once, in equal numbers on both sides: a collapsed generator that happens
        to sit near a training sample is one piece of evidence, however many samples there are.
        """
        from scipy.stats import mannwhitneyu  # a second to import

        n = min(len(samples), len(self.held_out))
        own, real = self.nearness(samples.head(n)), self.held_out.head(n).cached(nearness_to, self.training)
        found = mannwhitneyu(own.numpy(), real.numpy(), alternative="less", method="asymptotic")
        return abs(math.log10(found.pvalue)) if found.pvalue > 10**-SURE else SURE

    def nearness(self, features: FeatureSet) -> Tensor:
        """(q,) float64 of new samples."""
        return nearness_to(features, self.training)


def nearness_to(features: FeatureSet, training: FeatureSet) -> Tensor:
    """(q,) float64, 0 for a copy to 1: distance to the nearest training sample over that to the fifth nearest.

    Of samples with the same nearest one, the first.
    """
    trained = training.x.double()
    found = [
        distances(x.double(), trained, training.mean).topk(K, largest=False) for x in torch.split(features.x, ROWS)
    ]
    reach, nearest = torch.cat([f.values for f in found]), torch.cat([f.indices for f in found])[:, 0]
    order = nearest.argsort(stable=True)
    is_first = torch.ones(len(order), dtype=torch.bool)
    is_first[1:] = nearest[order][1:] != nearest[order][:-1]
    rows = order[is_first]
    return reach[rows, 0] / reach[rows, -1].clamp_min(1e-300)
