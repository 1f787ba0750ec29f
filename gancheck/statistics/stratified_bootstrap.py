"""Intervals by drawing seeds again within every task. Second opinions: with few seeds they are too short."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gancheck.errors import BadData
from gancheck.statistics.intervals import Array, Interval, Strata

DRAWS = 2_000
Statistic = Callable[[Sequence[Array]], Array]  #: one (draws, seeds) array per task -> (draws,)


def mean_over_tasks(strata: Sequence[Array]) -> Array:
    """(draws,) mean over tasks of the means over seeds, as the board has it."""
    means: Array = np.mean([seeds.mean(axis=-1) for seeds in strata], axis=0)
    return means


def stratified_bootstrap(
    values: Strata,
    statistic: Statistic,
    generator: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
) -> Interval:
    """A statistic with its percentile interval from `draws` resamplings of seeds, each task for itself.

    No bounds where a task has a single seed. Efron, "Bootstrap methods: another look at the jackknife", Annals of
    Statistics 1979.
    """
    strata = [np.asarray(seeds, dtype=np.float64).ravel() for seeds in values]
    if not strata or not all(seeds.size and np.isfinite(seeds).all() for seeds in strata):
        raise BadData("a bootstrap needs at least one task, and in each at least one value, all finite")
    estimate = float(statistic([seeds[None] for seeds in strata])[0])
    if min(seeds.size for seeds in strata) < 2:
        return Interval(estimate, None, None)
    drawn = statistic([seeds[generator.integers(seeds.size, size=(draws, seeds.size))] for seeds in strata])
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(estimate, float(low), float(high))
