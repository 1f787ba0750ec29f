"""Real data that logged samples are held against, and what real data itself gets at the same number of samples."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.metrics.manifold import USUAL
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.frechet import frechet, variance
from gancheck.numerics.neighbour_balls import ball_membership
from gancheck.numerics.neighbours import radii
from gancheck.numerics.random_classifier import fresh_accuracy
from gancheck.numerics.seeding import permutation

K = USUAL[-1]  #: neighbours that coverage asks for
SAME = 1e-6  #: of the median distance: nearer samples are the same
LEAST = 64  #: real rows, or samples, below which neighbours and bins say too little
NEAR = 128  #: the same for the median nearest distance, which is off by some 15 % at 64
DRAWS = 4  #: random parts of real data that a floor is averaged over


class RealSide:
    """Two random halves of real features: models of real data are fitted to one, and new draws come from the other."""

    def __init__(self, x: Tensor) -> None:
        if len(x) < LEAST:
            raise BadData(f"reference: {len(x)} real samples are too few, give at least {LEAST}")
        self.whole = FeatureSet(x)
        rows = permutation(len(x), x.device, "monitor", "halves")
        self.fitted, self.drawn = FeatureSet(x[rows[: len(x) // 2]]), FeatureSet(x[rows[len(x) // 2 :]])
        self.distance = median_distance(x[rows[:512]])

    def measure(self, samples: FeatureSet) -> dict[str, float]:
        """Signals of n samples over, or less, those of n real ones; one that real data has no value of is left out."""
        n = min(len(samples), len(self.fitted), len(self.drawn))
        samples = samples.head(n)
        spread, near, covered = self.whole.cached(total_variance), self.near(n), self.covered(n)
        made = {"fresh_accuracy": fresh_accuracy(samples.x, self.drawn.x)}
        if spread > 0:
            made["frechet"] = (float(frechet(samples, self.fitted)) - self.frechet_floor(n)) / spread
        if near > 0 and n >= NEAR:
            made["near_distance"] = nearest(samples) / near
        if covered > 0:
            made["coverage"] = coverage(samples, self.fitted.head(n)) / covered
        return made

    def parts(self, n: int) -> list[FeatureSet]:
        """A few random draws of n real samples that nothing was fitted to, always the same."""
        return self.drawn.cached(random_parts, n)

    def near(self, n: int) -> float:
        """Median distance to the nearest other among n real samples."""
        return mean([part.cached(nearest) for part in self.whole.cached(random_parts, n)])

    def repeats(self, n: int) -> float:
        """Share of n real samples that repeat another."""
        return mean([share_repeated(part, self.distance) for part in self.whole.cached(random_parts, n)])

    def covered(self, n: int) -> float:
        """Coverage of n new real samples."""
        return self.drawn.head(n).cached(coverage, self.fitted.head(n))

    def frechet_floor(self, n: int) -> float:
        """Frechet distance of n new real samples."""
        return mean([part.cached(frechet_between, self.fitted) for part in self.parts(n)])


def random_parts(features: FeatureSet, n: int) -> list[FeatureSet]:
    """Random draws of n rows; the set itself where it has no more."""
    if n >= len(features):
        return [features]
    orders = (permutation(len(features), features.x.device, "monitor", "part", draw) for draw in range(DRAWS))
    return [FeatureSet(features.x[rows[:n]]) for rows in orders]


def median_distance(x: Tensor) -> float:
    """Median distance between two of the rows (n, d), n at least 2."""
    return float(torch.pdist(x.double()).median())


def nearest(features: FeatureSet) -> float:
    """Median distance to the nearest other sample."""
    return float(radii(features, K)[:, 0].median())


def share_repeated(features: FeatureSet, scale: float) -> float:
    """Share of samples that repeat another, to a millionth of the scale."""
    return float((radii(features, K)[:, 0] <= SAME * scale).double().mean())


def coverage(samples: FeatureSet, real: FeatureSet) -> float:
    """Share of real samples with a generated one no farther than their k-th real neighbour; 0 where real ones are all
    the same."""
    if not float(radii(real, K).max()):
        return 0.0
    return float((ball_membership(samples, real, (K,))[K].held > 0).double().mean())


def frechet_between(a: FeatureSet, b: FeatureSet) -> float:
    """The distance as a number."""
    return float(frechet(a, b))


def total_variance(features: FeatureSet) -> float:
    """Variance of all features together."""
    return float(variance(features))


def mean(values: list[float]) -> float:
    """Of at least one."""
    return sum(values) / len(values)
