"""Samples that lie apart from all others.

The radius of a sample is the distance to its 10th-nearest neighbour. An outlier's radius exceeds both the median radius
of its neighbours (as in the local outlier factor; Breunig et al., "LOF", SIGMOD 2000) and the radius that 95 % of all
samples stay below, by a factor of more than exp(6 / (d + 1)), at least 1.5, in d intrinsic dimensions. The reason: the
farthest of 100 to 100,000 Gaussian samples in 1 to 200 dimensions stay below exp(5 / (d + 1)), or 1.4 at least.
More than 10 strays beside each other are not seen here, but as a small cluster.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gancheck.inspection.neighbourhood import Neighbourhood
from gancheck.inspection.problem import Problem
from gancheck.inspection.summary import DataSummary

REACH = 6.0
LEAST = 1.5


def factor(dimension: float) -> float:
    """By how much an outlier's radius exceeds the others'."""
    return max(LEAST, math.exp(REACH / (dimension + 1)))


def remoteness(near: Neighbourhood) -> NDArray[np.float64]:
    """(m,) radius over the larger of its neighbours' median and the 95 % quantile of all."""
    radius = near.distance[:, -1]
    usual = np.maximum(np.median(radius[near.index], axis=1), np.quantile(radius, 0.95))
    return np.divide(radius, usual, out=np.ones_like(radius), where=usual > 0)


def outlier_rows(near: Neighbourhood) -> NDArray[np.int64]:
    """Positions of outliers in the neighbourhood, the farthest first."""
    far = remoteness(near)
    found = np.flatnonzero(far > factor(near.dimension))
    return found[np.argsort(-far[found], kind="stable")]


def find_outliers(summary: DataSummary, near: Neighbourhood, found: NDArray[np.int64]) -> list[Problem]:
    """What to say about them."""
    if not len(found):
        return []
    rows, far = near.rows[found], remoteness(near)[found]
    evidence = {
        "outliers": len(found),
        "looked_at": len(near.rows),
        "beyond": factor(near.dimension),
        "rows": rows[:20].tolist(),
        "times_as_far": [round(float(f), 3) for f in far[:20]],
    }
    text = (
        f"far from all others: {len(found):,} of {len(near.rows):,} samples, {summary.place(rows[0])} the most "
        f"({far[0]:.1f} times as far from its neighbours as is usual); look at them, and drop those that are mistakes"
    )
    return [Problem("outliers", "warning", text, evidence)]
