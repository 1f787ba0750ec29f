"""Other ways to sum up the runs behind a board. They rank nobody: how often each holds the truth is measured.

Where they agree with the board, that is a check; where they do not, runs are few, or a recipe collapses now and then.
"""

from __future__ import annotations

import numpy as np

from gancheck.statistics.friedman import MIN_TASKS, friedman
from gancheck.statistics.interquartile_mean import pooled_interquartile_mean
from gancheck.statistics.intervals import Interval, stratified_t
from gancheck.statistics.ranking import ScoreTable
from gancheck.statistics.stratified_bootstrap import mean_over_tasks, stratified_bootstrap
from gancheck.system.tables import Row

OPINION_COLUMNS = (
    *("strategy", "held", "held_low", "held_high", "bootstrap_low", "bootstrap_high"),
    *("iqm", "iqm_low", "iqm_high", "mean_rank"),
)


def opinion_rows(scores: ScoreTable, generator: np.random.Generator) -> list[Row]:
    """A row a recipe, most modes held first: the board's mean and t interval, the bootstrap's of that mean, the
    interquartile mean of all runs with the bootstrap's, and from six tasks on the mean rank over tasks."""
    ranks = mean_ranks(scores)
    rows = []
    for recipe, by_task in scores.items():
        seeds = list(by_task.values())
        t = stratified_t(seeds).within(0, 1)
        bootstrap = stratified_bootstrap(seeds, mean_over_tasks, generator)
        middle: Interval = stratified_bootstrap(seeds, pooled_interquartile_mean, generator)
        values = (recipe, *t, *bootstrap[1:], *middle, ranks.get(recipe))
        rows.append(dict(zip(OPINION_COLUMNS, values, strict=True)))
    return sorted(rows, key=lambda row: (-row["held"], row["strategy"]))


def mean_ranks(scores: ScoreTable) -> dict[str, float]:
    """The recipes' mean ranks over tasks, 1 the best; empty where there are too few tasks or recipes to say."""
    if not ranks_apply(scores):
        return {}
    return dict(zip(scores, friedman(task_means(scores)).mean_ranks.tolist(), strict=True))


def ranks_apply(scores: ScoreTable) -> bool:
    """Whether there are tasks and recipes enough for ranks over tasks."""
    return len(scores) >= 3 and len(next(iter(scores.values()))) >= MIN_TASKS


def task_means(scores: ScoreTable) -> np.ndarray:
    """(tasks, recipes) means over seeds."""
    means: np.ndarray = np.array([[seeds.mean() for seeds in by_task.values()] for by_task in scores.values()]).T
    return means
