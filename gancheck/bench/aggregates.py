"""What the runs of one recipe amount to: the numbers in its row of the leaderboard. None stands for "not known"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import fmean, geometric_mean, median
from typing import Any

import numpy as np

from gancheck.bench.run_result import RunResult
from gancheck.statistics.intervals import Array, Interval, paired_gain, stratified_t, wilson

Cell = tuple[str, int]  #: task and seed
Runs = dict[Cell, RunResult]  #: the runs of one recipe
RunValue = Callable[[RunResult], float | None]
Range = tuple[float, float]


def modes_held(run: RunResult) -> float | None:
    """Share of modes held; 0 for a failed run."""
    return run.modes_held


def quality(run: RunResult) -> float | None:
    """Share of high-quality samples; 0 for a failed run."""
    return run.value_or_worst("quality")


def score(run: RunResult) -> float | None:
    """The score; 0 for a failed run."""
    return run.score


#: Numbers from 0 to 1 of which a failed run has 0, by their names in tasks.csv.
SCALES: dict[str, RunValue] = {"held": modes_held, "score": score}


def by_task(runs: Runs, number: RunValue) -> dict[str, Array]:
    """The numbers that exist, by task, in the order of seeds."""
    table: dict[str, list[float]] = {}
    for (task, _), run in sorted(runs.items()):
        value = number(run)
        if value is not None:
            table.setdefault(task, []).append(value)
    return {task: np.array(values) for task, values in table.items()}


def interval(runs: Runs, number: RunValue) -> Interval | None:
    """Mean over tasks of the mean over seeds of a number in [0, 1], failed runs at 0.

    None where runs are finished and none of them has the number: the zeros of failed runs alone would be a lie.
    """
    values, finished = by_task(runs, number), [run for run in runs.values() if run.status == "done"]
    if not values or (finished and all(number(run) is None for run in finished)):
        return None
    return stratified_t(list(values.values())).within(0, 1)


def gain(runs: Runs, base: Runs, number: RunValue) -> Interval | None:
    """Paired difference to the untreated GAN in a number in [0, 1], over the tasks and seeds that both have tried."""
    shared = [cell for cell, run in runs.items() if cell in base and None not in (number(run), number(base[cell]))]
    own, other = (by_task({cell: side[cell] for cell in shared}, number) for side in (runs, base))
    return paired_gain(list(own.values()), list(other.values())).within(-1, 1) if shared else None


def collapse_rate(runs: Runs) -> Interval | None:
    """Share of runs that collapsed, of those whose modes or spread are known or that failed."""
    verdicts = [run.collapsed for run in runs.values() if run.collapsed is not None]
    return wilson(sum(verdicts), len(verdicts)) if verdicts else None


def mean(runs: Runs, number: RunValue, tasks: Iterable[str]) -> float | None:
    """Mean over those of the tasks that were tried; None if a tried run has no number, as nothing is dropped."""
    means = [_task_mean(runs, number, task) for task in tasks if _tried(runs, task)]
    known = [m for m in means if m is not None]
    return fmean(known) if known and len(known) == len(means) else None


def fid_ratio(runs: Runs, base: Runs) -> float | None:
    """Geometric mean over tasks of the mean FID over the untreated GAN's.

    The untreated GAN's mean is over its finished runs, which can only flatter it. The recipe's must be complete: a
    failed run has no FID, and leaving it out would reward failing.
    """
    usual = {task: float(fids.mean()) for task, fids in by_task(base, _fid).items()}
    own = {task: _task_mean(runs, _fid, task) for task in usual if _tried(runs, task)}
    ratios = [fid / usual[task] for task, fid in own.items() if fid is not None and fid > 0 and usual[task] > 0]
    return geometric_mean(ratios) if ratios and len(ratios) == len(own) else None


def cost_ratio(runs: Runs, base: Runs) -> float | None:
    """Geometric mean over tasks of median training cost over the untreated GAN's, of finished runs."""
    own, usual = by_task(runs, _cost), by_task(base, _cost)
    return ratio_of_medians(own, usual)


def cost_ratio_on_data(runs: Runs, base: Runs) -> float | None:
    """The same of a model that trains itself, over the untreated GANs on the same data."""
    return ratio_of_medians(by_data(by_task(runs, _cost)), by_data(by_task(base, _cost)))


def by_data(tables: dict[str, Array]) -> dict[str, Array]:
    """Numbers by the data's side of their tasks, all GANs together."""
    found: dict[str, list[Array]] = {}
    for task, numbers in tables.items():
        found.setdefault(task.partition("/")[0], []).append(numbers)
    return {data: np.concatenate(numbers) for data, numbers in found.items()}


def ratio_of_medians(own: dict[str, Array], usual: dict[str, Array]) -> float | None:
    """Geometric mean, over what both have, of the ratio of medians."""
    ratios = [median(own[task]) / median(usual[task]) for task in own if task in usual]
    return geometric_mean(ratios) if ratios else None


def on_task(task: str, runs: Runs) -> Runs:
    """The runs on one task."""
    return {cell: run for cell, run in runs.items() if cell[0] == task}


def summary(runs: Runs, real: Runs, metric: str, bounds: Range) -> dict[str, Any]:
    """A metric's mean over the seeds of one task that have it (a failed run holds 0), and real data's mean."""
    number: RunValue = SCALES.get(metric, lambda run: run.value(metric))
    values, yardstick = (list(by_task(side, number).values()) for side in (runs, real))
    average, low, high = stratified_t(values).within(*bounds) if values else (None, None, None)
    best = float(yardstick[0].mean()) if yardstick else None
    return {"mean": average, "low": low, "high": high, "n": sum(map(len, values)), "real": best}


def _tried(runs: Runs, task: str) -> list[RunResult]:
    return [run for (name, _), run in runs.items() if name == task and run.has_outcome]


def _task_mean(runs: Runs, number: RunValue, task: str) -> float | None:
    numbers = [number(run) for run in _tried(runs, task)]
    known = [n for n in numbers if n is not None]
    return fmean(known) if known and len(known) == len(numbers) else None


def _fid(run: RunResult) -> float | None:
    return run.value("fid")


def _cost(run: RunResult) -> float | None:
    return run.cost if run.status == "done" and run.cost else None
