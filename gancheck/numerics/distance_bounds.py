"""Which pairs of rows may be near each other: float32 matrix products rule out the others, at twice float64's speed.

A screen gives lower bounds of squared distances that hold whatever the rounding. With u = 2^-24, a product of d terms
is off by at most d u / (1 - d u) times both norms, copies in float32 and sums by some u more, and
2 |a| |b| <= |a|^2 + |b|^2: 1.1 (d + 16) u (|a|^2 + |b|^2) covers all of it (Higham, "Accuracy and stability of
numerical algorithms", 2002, section 3.1). What a screen lets through is decided in float64.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from gancheck.numerics.features import FeatureSet

UNIT = 2.0**-24
WIDEST = 2**20  #: features up to which the bound holds
UNDERFLOW = 2.0**-120  #: per feature; far more than float32 can lose below its smallest number


class DistanceBounds:
    """Float32 copy of a set about `centre`, in units of `scale` so that no square leaves the range."""

    def __init__(self, features: FeatureSet, centre: Tensor, scale: float) -> None:
        self.scale, self.side = scale, max(1, math.isqrt(features.chunk // 4))
        self.rows = torch.empty(features.x.shape, dtype=torch.float32, device=features.x.device)
        self.floor, self.slack = torch.empty(2, len(features), dtype=torch.float32, device=features.x.device)
        share, lost = 1.1 * (features.dimension + 16) * UNIT, features.dimension * UNDERFLOW
        for here, x in features.blocks():
            self.rows[here] = (x - centre) / scale
            squares = self.rows[here].double().square().sum(1)
            self.slack[here] = (squares * share + lost) * (1 + 4 * UNIT)
            self.floor[here] = squares * (1 - share) - lost

    def blocks(self) -> Iterator[slice]:
        """Runs of rows whose square matrix stays inside the chunk."""
        for start in range(0, len(self.rows), self.side):
            yield slice(start, min(start + self.side, len(self.rows)))

    def lower_bounds(self, here: slice, other: DistanceBounds, there: slice) -> Tensor:
        """(a, b) float32, no more than the squared distances between rows of this and of the other screen."""
        block = torch.addmm(other.floor[there], self.rows[here], other.rows[there].T, alpha=-2)
        return block.add_(self.floor[here, None])

    def interval(self, low: Tensor, i: Tensor, other: DistanceBounds, j: Tensor) -> tuple[Tensor, Tensor]:
        """(p,) float64: middle of the interval that a lower bound belongs to, and its reach to both sides."""
        reach = (self.slack[i].double() + other.slack[j]) * (1 + 4 * UNIT)
        return low + reach, reach

    def squared_upper_bound(self, distance: Tensor) -> Tensor:
        """Float32, no less than the squares of these distances."""
        return ((distance / self.scale).square() * (1 + 4 * UNIT)).float()


def can_bound(features: FeatureSet) -> bool:
    """Whether the bound holds: not for products that someone has allowed to be less than float32."""
    return features.dimension <= WIDEST and torch.get_float32_matmul_precision() == "highest"


def scale_of(centre: Tensor, *feature_sets: FeatureSet) -> float:
    """A power of two no less than the largest distance from the centre."""
    largest = max(
        float((x - centre).square().sum(1).max().sqrt()) for features in feature_sets for _, x in features.blocks()
    )
    return 2.0 ** math.ceil(math.log2(largest)) if largest > 0 else 1.0
