"""How often an interval holds the truth, where the truth is known: seeds drawn again from a hundred stored ones."""

from __future__ import annotations

import numpy as np

from benchmarks.validity.runs import Scores
from gancheck.statistics.interquartile_mean import pooled_interquartile_mean
from gancheck.statistics.intervals import Array, Interval, stratified_t
from gancheck.statistics.stratified_bootstrap import mean_over_tasks, stratified_bootstrap
from gancheck.system.tables import Row

SEEDS = (3, 5, 10, 20)
REPETITIONS = 2_000
DRAWS = 1_000  #: of every bootstrap
METHODS = ("t interval of the mean", "bootstrap of the mean", "bootstrap of the interquartile mean")


def coverage(scores: Scores, generator: np.random.Generator) -> list[Row]:
    """A row for every number of seeds and kind of interval, all at 95 %. `scores` holds one recipe, whose stored seeds
    are the population: seeds are drawn from it with replacement, each task for itself."""
    (tasks,) = scores.values()
    population = list(tasks.values())
    pooled = float(pooled_interquartile_mean([seeds[None] for seeds in population])[0])
    truths = (float(np.mean([seeds.mean() for seeds in population])),) * 2 + (pooled,)
    return [row for seeds in SEEDS for row in rows_at(seeds, population, truths, generator)]


def rows_at(
    seeds: int, population: list[Array], truths: tuple[float, ...], generator: np.random.Generator
) -> list[Row]:
    """The three kinds of interval at one number of seeds."""
    drawn = [[generator.choice(task, seeds) for task in population] for _ in range(REPETITIONS)]
    found = [intervals_of(sample, generator) for sample in drawn]
    rows = []
    for method, truth, intervals in zip(METHODS, truths, zip(*found, strict=True), strict=True):
        ends = np.array([interval[1:] for interval in intervals], dtype=np.float64)
        below, above = float((ends[:, 1] < truth).mean()), float((ends[:, 0] > truth).mean())
        facts = {"seeds": seeds, "method": method, "truth": truth, "coverage": 1 - below - above}
        rows.append({**facts, "too_low": below, "too_high": above, "width": float(np.ptp(ends, axis=1).mean())})
    return rows


def intervals_of(sample: list[Array], generator: np.random.Generator) -> tuple[Interval, Interval, Interval]:
    """As the board's tables have them."""
    return (
        stratified_t(sample),
        stratified_bootstrap(sample, mean_over_tasks, generator, draws=DRAWS),
        stratified_bootstrap(sample, pooled_interquartile_mean, generator, draws=DRAWS),
    )
