"""How well a score tells two kinds of runs apart, with an interval over programs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DRAWS = 1_000

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def auroc(scores: Floats, positive: Flags) -> float:
    """Probability that a positive run has the larger score; ties count half. NaN where one kind is missing."""
    from scipy.stats import rankdata

    n, m = int(positive.sum()), int((~positive).sum())
    if not n or not m:
        return math.nan
    return float((rankdata(scores)[positive].sum() - n * (n + 1) / 2) / (n * m))


def interval(scores: Floats, positive: Flags, clusters: Sequence[str]) -> tuple[float, float]:
    """95 % by drawing whole programs with replacement."""
    names = sorted(set(clusters))
    rows = {name: np.flatnonzero(np.array(clusters) == name) for name in names}
    stream, found = np.random.default_rng(0), []
    for _ in range(DRAWS):
        chosen = np.concatenate([rows[names[i]] for i in stream.integers(len(names), size=len(names))])
        found.append(auroc(scores[chosen], positive[chosen]))
    known = [value for value in found if math.isfinite(value)]
    low, high = np.quantile(known, [0.025, 0.975]) if known else (math.nan, math.nan)
    return float(low), float(high)
