"""The interquartile mean: robust, and blind to the one run in five that collapses. A second opinion only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gancheck.statistics.intervals import Array


def interquartile_mean(values: Array) -> Array:
    """Mean of the middle half of the last axis: a quarter of the values is cut off at each end.

    (..., n) to (...). Where n / 4 is no whole number it is rounded down, as scipy's `trim_mean` does. Used for runs of
    all tasks together by Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice",
    NeurIPS 2021.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64), axis=-1)
    cut = ordered.shape[-1] // 4
    middle: Array = ordered[..., cut : ordered.shape[-1] - cut].mean(axis=-1)
    return middle


def pooled_interquartile_mean(strata: Sequence[Array]) -> Array:
    """(draws,) interquartile mean of all tasks' runs together, of one (draws, seeds) array per task."""
    return interquartile_mean(np.concatenate(strata, axis=-1))
