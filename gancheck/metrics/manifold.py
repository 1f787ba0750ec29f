"""Fidelity and coverage through nearest-neighbour balls. One pass over the distances serves all four.

A tie counts as inside, so copies of repeated data are covered. k or fewer samples, or a reference of one repeated
point: BadData. Intervals are those of independent samples: they ignore that samples share balls, and the draw of the
balls themselves.
"""

from __future__ import annotations

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.neighbour_balls import BallMembership, ball_membership
from gancheck.plugins.parameters import positive
from gancheck.statistics.estimate import Estimate, of_mean, of_share

USUAL = (3, 5)  #: answered by the same pass


@metric("precision", better="higher", low=0, high=1, max_samples=5_000)
def precision(view: View, k: int = 3) -> Estimate:
    """Share of generated samples inside some real sample's ball, which reaches to its k-th real neighbour.

    0 to 1. A perfect generator stays below 1: read it beside the real row. Copying a single real sample gets 1.
    Kynkaanniemi et al., "Improved precision and recall metric for assessing generative models", NeurIPS 2019.
    On the ring it did not see: drop, imbalance, shrink, copy.
    """
    return of_share(membership(view, k).inside > 0)


@metric("recall", better="higher", low=0, high=1, max_samples=5_000)
def recall(view: View, k: int = 3) -> Estimate:
    """Share of real samples inside some generated sample's ball, which reaches to its k-th generated neighbour.

    0 to 1. A perfect generator stays below 1; one repeated sample gets 0, or 1 / m where it copies a real one.
    Kynkaanniemi et al., "Improved precision and recall metric for assessing generative models", NeurIPS 2019.
    On the ring it did not see: imbalance, blur, junk.
    """
    return of_share(membership(view, k).reached)


@metric("density", better="higher", low=0, max_samples=5_000)
def density(view: View, k: int = 5) -> Estimate:
    """Number of real balls around a generated sample, on average, over k.

    From 0, without bound. A perfect generator gets 1 on average; samples huddled where data is dense get more, and an
    exact copy of the data (k + 1) / k. Naeem et al., "Reliable fidelity and diversity metrics for generative models",
    ICML 2020.
    On the ring it did not see: drop, imbalance, copy, repeat.
    """
    return of_mean(membership(view, k).inside.double() / k)


@metric("coverage", better="higher", low=0, high=1, max_samples=5_000)
def coverage(view: View, k: int = 5) -> Estimate:
    """Share of real samples with a generated one no farther than their k-th real neighbour.

    0 to 1. The expected value for a perfect generator is 1 - prod((m - i) / (m + n - i), i = 1..k), not 1: 0.969 at
    n = m and k = 5. Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020.
    On the ring it saw every damage tried.
    """
    return of_share(membership(view, k).held > 0)


def membership(view: View, k: int) -> BallMembership:
    """Who lies in whose ball; BadParameter where k is below 1.

    It comes from the shared pass where k is a usual one and the sets are large enough for both.
    """
    positive(k, "k")
    fewest = min(len(view.samples), len(view.real_samples))
    return view.cached(all_balls, USUAL if k in USUAL and fewest > max(USUAL) else (k,))[k]


def all_balls(view: View, ks: tuple[int, ...]) -> dict[int, BallMembership]:
    """Balls between the view's samples and its reference."""
    return ball_membership(view.samples, view.real_samples, ks)
