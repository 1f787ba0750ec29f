"""Performance profiles: how many runs reach what, instead of one mean for all.

Dolan & More, "Benchmarking optimization software with performance profiles", Mathematical Programming 2002; for runs of
several seeds: Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", NeurIPS 2021.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gancheck.errors import BadData
from gancheck.statistics.intervals import Array, Strata, score_interval

SLACK = 1e-12  #: a value that misses a threshold by less is rounding


@dataclass(frozen=True)
class PerformanceProfile:
    """The share of runs at or above every threshold, tasks counted alike."""

    thresholds: Array  #: (t,)
    share: Array  #: (t,), never rising
    low: Array  #: (t,) lower ends of pointwise 95 % intervals
    high: Array  #: (t,) upper ends


def performance_profile(values: Strata, thresholds: Array, level: float = 0.95) -> PerformanceProfile:
    """The profile of one array of seeds per task.

    The intervals are Wilson's and **pointwise**: each threshold for itself, not the curve as a whole. They take the
    runs for draws from one pot. Tasks are fixed strata, whose shares vary less than that, so the intervals are a little
    too wide, never too short for it. Their n is T^2 / sum(1 / n_t): all runs, where tasks have as many seeds each.
    """
    strata = [np.asarray(seeds, dtype=np.float64).ravel() for seeds in values]
    if not strata or not all(seeds.size and np.isfinite(seeds).all() for seeds in strata):
        raise BadData("a profile needs at least one task, and in each at least one value, all finite")
    reached = [(seeds[:, None] >= thresholds - SLACK).mean(axis=0) for seeds in strata]
    share = np.mean(reached, axis=0)
    n = len(strata) ** 2 / sum(1 / seeds.size for seeds in strata)
    ends = np.array([score_interval(min(float(s), 1.0), n, level)[1:] for s in share])
    return PerformanceProfile(np.asarray(thresholds), share, ends[:, 0], ends[:, 1])
