"""Samples that the generator gives more than once."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.fingerprints import row_fingerprints
from gancheck.numerics.neighbours import distance_quantile, radii
from gancheck.statistics.estimate import Estimate, of_rate

DEPTH = 5  #: neighbours that coverage asks for: the same pass serves both


@metric("duplicates", better="lower", low=0, high=1, needs="samples", on_request=True)
def duplicates(view: View) -> Tensor:
    """Share of samples that are there more than once, features equal bit for bit.

    0 to 1. A perfect generator of continuous data gets 0 at any n; where real data repeats itself, what the real row
    gets. It falls with fewer samples: K equally likely outputs give 1 - (1 - 1 / K)^(n - 1). A 64-bit fingerprint
    of each row is compared, so that two different rows out of a million are mistaken for one with a chance of 3e-8.
    On the ring it did not see: imbalance, shrink, blur, junk.
    """
    _, which, counts = torch.unique(row_fingerprints(view.samples), return_inverse=True, return_counts=True)
    repeated: Tensor = counts[which] > 1
    return repeated.double().mean()


@metric("near-duplicates", better="lower", low=0, high=1, max_samples=5_000, on_request=True)
def near_duplicates(view: View) -> Estimate:
    """Share of samples with another sample nearer than all but 1 % of real samples have, among as many.

    0 to 1. A perfect generator gets about 0.01, from 99 samples on (1 / (n + 1) below), and more where real data
    repeats itself; samples from few points get 1. Shrunken modes raise it too. The interval counts
    pairs, since neighbours are near each other. Fewer than 2 samples on a side: BadData.
    On the ring it did not see: imbalance, blur, junk.
    """
    n = min(len(view.samples), len(view.real_samples))
    if n < 2:
        raise BadData("near-duplicates needs at least 2 samples on both sides, got 1: draw more")
    own, real = (radii(features.head(n), DEPTH)[:, 0] for features in (view.samples, view.real_samples))
    return of_rate((own <= distance_quantile(real)).double().mean(), n / 2)
