"""A task on a page: modes over training, the modes that each strategy loses, and the alarms of every run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gancheck.bench.alarm_tables import onset
from gancheck.bench.collect import run_result
from gancheck.bench.run_result import FAILED, RunResult
from gancheck.bench.store import Run
from gancheck.report.plots.mode_fates import LOST

COLUMNS = 60  #: modes up to which each has its own column
SEEDS = 10  #: of a strategy, whose alarms are shown
Table = dict[str, Any]


class Modes(NamedTuple):
    """The modes of a task's data."""

    weights: np.ndarray  #: (K,) float64 shares in real data
    names: tuple[str, ...]


def task_numbers(task: str, runs: Sequence[Run], recipes: Sequence[str], modes: Modes | None) -> Table:
    """What is drawn of one task, its strategies in the board's order. `modes` is None where the data is not at hand."""
    by_recipe = {recipe: of_recipe(runs, task, recipe) for recipe in recipes}
    tried = {recipe: mine for recipe, mine in by_recipe.items() if mine}
    every = [run for mine in tried.values() for run in mine]
    return {
        "name": task,
        "steps": sorted({step for run in every for step in modes_at(run)}),
        "last": max((run.spec.training.budget.get("steps", 0) for run in every), default=0),
        "total": max((run.outcome["modes"] for run in every), default=0),
        "recipes": list(tried),
        "curves": {recipe: curves(mine) for recipe, mine in tried.items()},
        "lost": lost_modes(tried, modes),
        "alarms": {recipe: [alarms(run) for run in mine[:SEEDS]] for recipe, mine in tried.items()},
        "seeds": {recipe: len(mine) for recipe, mine in tried.items()},
    }


def of_recipe(runs: Sequence[Run], task: str, recipe: str) -> list[Run]:
    """The tried runs of a recipe on a task, by seed."""
    mine = (run for run in runs if (run.spec.task, run.spec.recipe) == (task, recipe))
    return sorted((run for run in mine if run.outcome["status"] != "skipped"), key=lambda run: run.spec.seed)


def modes_at(run: Run) -> dict[int, float | None]:
    """Evaluation -> how many modes are held."""
    return {row["step"]: row["value"] for row in run.rows if row["kind"] == "value" and row["metric"] == "modes"}


def curves(runs: Sequence[Run]) -> list[Table]:
    """The modes held at every evaluation, by seed."""
    return [{"seed": run.spec.seed, "held": modes_at(run)} for run in runs]


def lost_modes(runs: dict[str, list[Run]], modes: Modes | None) -> Table | None:
    """By strategy and evaluation: the share of seeds that lost each mode, that is, hold under a tenth of its share.

    Many modes are put into as many columns as can be seen, the first that strategies lose most often first.
    """
    if modes is None or not any(run.mode_counts() for mine in runs.values() for run in mine):
        return None
    weights, names = modes.weights, list(modes.names)
    tables = {recipe: lost_by_step(mine, weights) for recipe, mine in runs.items()}
    if len(weights) > COLUMNS:
        ends = [table[max(table)] for table in tables.values() if table]
        order = np.argsort(-np.mean(ends, axis=0), kind="stable")
        parts = np.array_split(order, COLUMNS)
        tables = {r: {s: bin_shares(shares, parts) for s, shares in table.items()} for r, table in tables.items()}
        names = [f"{len(part)} modes" for part in parts]
    shares = {r: {str(s): np.round(x, 3).tolist() for s, x in table.items()} for r, table in tables.items()}
    return {"names": names, "modes": len(weights), "shares": shares}


def bin_shares(shares: np.ndarray, parts: Sequence[np.ndarray]) -> np.ndarray:
    """Means over groups of modes."""
    return np.array([shares[part].mean() for part in parts])


def lost_by_step(runs: Sequence[Run], weights: np.ndarray) -> dict[int, np.ndarray]:
    """Evaluation -> (K,) share of seeds that lost the mode; a failed run has lost all of them."""
    steps = sorted({step for run in runs for step in run.mode_counts()})
    return {step: np.mean([lost_at(run, step, weights) for run in runs], axis=0) for step in steps}


def lost_at(run: Run, step: int, weights: np.ndarray) -> np.ndarray:
    """(K,) bool."""
    row = run.mode_counts().get(step)
    if row is None or run.outcome["status"] in FAILED:
        return np.ones(len(weights), bool)
    lost: np.ndarray = np.array(row["counts"]) < LOST * row["samples"] * weights
    return lost


def alarms(run: Run) -> Table:
    """The alarms of one run, how it ended, and from which evaluation on it held under half of its modes."""
    result: RunResult = run_result(run)
    said = [
        {"step": alarm.step, "name": alarm.detector, "severity": alarm.severity, "evidence": alarm.evidence}
        for alarm in result.alarms or ()
    ]
    return {"seed": run.spec.seed, "alarms": said, "onset": onset(result), "status": result.status}
