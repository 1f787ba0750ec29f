"""Bins of the data that hold too many or too few samples."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.kmeans import assign, kmeans
from gancheck.numerics.seeding import generator, permutation
from gancheck.statistics.estimate import Estimate, of_share
from gancheck.statistics.intervals import z_score

BINS = 100  #: at most
LEAST = 20  #: samples a bin, on average
ALPHA = 0.05


@metric("ndb", better="lower", low=0, high=1, max_samples=10_000, on_request=True, slow=True)
def ndb(view: View) -> Estimate:
    """Share of k-means bins in which samples and real data differ at the 5 % level (two-sided z-test).

    0 to 1. A perfect generator gets about 0.05, at any n. Bins are fitted to one random half of the reference and
    counted on the other: on the data they were fitted to, real counts would be more even than a new draw's. 100 bins,
    or fewer so that each holds 20 samples on average; below 40 samples or 80 real ones there are two, and the tests
    coarse. Fewer than 4 real samples: BadData. It does not see what happens inside a bin: shrunken modes, copies.
    Richardson & Weiss, "On GANs and GMMs", NeurIPS 2018.
    On the ring it did not see: copy.
    """
    fitting, counting = halves(view.real_samples)
    bins = max(2, min(BINS, len(view.samples) // LEAST, len(counting) // LEAST))
    source = generator("cpu", "metric", "ndb", "bins")
    centres, _ = kmeans(fitting.x, min(bins, len(fitting)), source)
    samples, real = (torch.bincount(assign(c.x, centres), minlength=bins) for c in (view.samples, counting))
    return of_share(different(samples, real))


def halves(features: FeatureSet) -> tuple[FeatureSet, FeatureSet]:
    """Two random halves, the same for the same set."""
    if len(features) < 4:
        raise BadData(f"ndb needs at least 4 real samples, got {len(features)}: give more")
    rows, half = permutation(len(features), features.x.device, "metric", "ndb", "halves"), len(features) // 2
    return FeatureSet(features.x[rows[:half]], features.chunk), FeatureSet(features.x[rows[half:]], features.chunk)


def different(a: Tensor, b: Tensor) -> Tensor:
    """(K,) bool: whether the share of a bin differs between two histograms (K,), by the pooled z-test at ALPHA."""
    n, m = a.sum(), b.sum()
    pooled = (a + b) / (n + m)
    error = (pooled * (1 - pooled) * (1 / n + 1 / m)).sqrt()
    return (a / n - b / m).abs() > z_score(ALPHA) * error
