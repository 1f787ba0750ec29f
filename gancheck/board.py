"""The board: runs turned into a ranked table with intervals. It reads results and nothing else."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl

from gancheck.errors import BadData
from gancheck.files import replacing, write_text
from gancheck.intervals import Array, stratified_t
from gancheck.metrics.base import Better
from gancheck.ranking import FEWEST, Ranking, p_best, rank
from gancheck.report.tables import Row, csv
from gancheck.result import FAILED, Kind, Result, Status
from gancheck.standing import Number, Runs, by_task, collapse_rate, cost_ratio, fid_ratio, gain, mean, score
from gancheck.version import version

COLUMNS = (
    *("rank", "rank_low", "rank_high", "strategy", "score", "score_low", "score_high", "gain", "gain_low", "gain_high"),
    *("collapse_rate", "collapse_low", "collapse_high", "modes", "quality", "fid_ratio", "diversity", "p_best"),
    *("cost_ratio", "runs", "failed", "missing", "suite", "suite_version", "gancheck", "date"),
)
STATUSES: tuple[Status, ...] = get_args(Status)
TASK_COLUMNS = ("task", "strategy", "metric", "better", "mean", "low", "high", "n", "real", *STATUSES)
NOTHING = (None, None, None)
Range = tuple[float, float]
UNBOUNDED: Range = (-math.inf, math.inf)


@dataclass(frozen=True)
class Board:
    """The runs of one suite, in any order: the same runs give the same tables.

    Nothing is dropped: a failed run scores 0, and a recipe that lacks a task or seed which another recipe has stands
    below the ranked ones, with numbers over what it ran.
    """

    results: Sequence[Result]
    suite: str
    suite_version: str
    better: Mapping[str, Better]  #: direction of every metric
    ranges: Mapping[str, Range] = field(
        default_factory=dict
    )  #: least and most that a metric can be, where it has bounds
    base: str = "none"  #: the untreated GAN, to which gains and ratios refer
    date: str = ""  #: as it shall stand in the table
    seed: int = 0  #: of the bootstrap, and of the tests beyond 40 pairs

    def leaderboard(self, kind: Kind = "trained") -> list[Row]:
        """One row per recipe by falling score, then incomplete recipes, then real data; columns are `COLUMNS`."""
        ranking, best = self.rankings.get(kind), self._p_best(kind)
        ranked = ranking.recipes if ranking else ()
        rows = [self._row(recipe, runs) for recipe, runs in self.runs.items() if self._kind(recipe) == kind]
        for row in rows:
            place = ranking.place(row["strategy"]) if ranking and row["strategy"] in ranked else None
            row.update(zip(COLUMNS[:3], place or NOTHING, strict=True))
            row["p_best"] = best.get(row["strategy"])
        rows.sort(key=lambda row: (row["strategy"] not in ranked, -(row["score"] or 0), row["strategy"]))
        return [*rows, self._row("real", self.real)] if rows and self.real else rows

    def tasks(self) -> list[Row]:
        """One row per task, recipe and metric, for the metrics that any recipe has on the task; see `TASK_COLUMNS`."""
        rows: list[Row] = []
        for task in self.grid:
            real, metrics = _on(task, self.real), self._metrics(task)
            for recipe, runs in self.runs.items():
                count = {str(status): n for status, n in self._statuses(runs, [task]).items()}
                for metric in metrics:
                    facts = {"task": task, "strategy": recipe, "metric": metric, "better": self.better.get(metric)}
                    rows.append(
                        facts | _summary(_on(task, runs), real, metric, self.ranges.get(metric, UNBOUNDED)) | count
                    )
        return rows

    def verdict(self) -> str:
        """One sentence: how much of the order in the table is more than luck."""
        ranking = self.rankings.get("trained")
        if ranking is None or len(ranking.recipes) < 2:
            return "Fewer than two recipes have all their runs: there is nothing to compare."
        if ranking.pairs < FEWEST:
            return f"Not ranked: {ranking.pairs} pairs of task and seed, where {FEWEST} are needed; run more seeds."
        k, apart = len(ranking.recipes), ranking.told_apart
        if not apart:
            return f"No two of the {k} recipes are told apart at {ranking.pairs} pairs of task and seed."
        return f"{apart} of the {k * (k - 1) // 2} pairs of recipes are told apart; the others may be luck."

    def write(self, folder: Path) -> Path:
        """Write leaderboard.csv, tasks.csv and results.parquet, each by rename; returns the leaderboard's path."""
        for kind in get_args(Kind):
            path = folder / ("leaderboard.csv" if kind == "trained" else f"leaderboard-{kind}.csv")
            rows = self.leaderboard(kind)
            if rows or kind == "trained":
                write_text(path, csv(rows, COLUMNS))
            else:
                path.unlink(missing_ok=True)  # an earlier board of the same folder had such recipes
        write_text(folder / "tasks.csv", csv(self.tasks(), TASK_COLUMNS))
        table = BytesIO()  # polars names a full disk by an error of its own
        self.values().write_parquet(table)
        with replacing(folder / "results.parquet") as part:
            part.write_bytes(table.getvalue())
        return folder / "leaderboard.csv"

    def values(self) -> pl.DataFrame:
        """All values in long form; a run without values has one row with an empty metric."""
        rows = [row for runs in self.runs.values() for run in runs.values() for row in _long(run)]
        text = dict.fromkeys(("strategy", "task", "kind", "status", "reason", "metric"), pl.String)
        whole = dict.fromkeys(("seed", "modes"), pl.Int64)
        real = dict.fromkeys(("seconds", "value", "real"), pl.Float64)
        return pl.DataFrame(rows, schema={**text, **whole, **real})

    @cached_property
    def runs(self) -> dict[str, Runs]:
        """The runs of every recipe, by task and seed; sorted, as a store has no order."""
        table: dict[str, Runs] = {}
        for result in sorted(self.results, key=lambda r: (r.recipe, r.task, r.seed)):
            runs, cell = table.setdefault(result.recipe, {}), (result.task, result.seed)
            if cell in runs:
                raise BadData(f"two results for {result.recipe} on {result.task}, seed {result.seed}; give one of them")
            runs[cell] = result
        return table

    @cached_property
    def grid(self) -> dict[str, list[int]]:
        """The seeds of every task: all that any recipe has."""
        tasks = sorted({result.task for result in self.results})
        return {task: sorted({r.seed for r in self.results if r.task == task}) for task in tasks}

    @cached_property
    def real(self) -> Runs:
        """The real draw of every task and seed that has one; it is the same beside every recipe."""
        return {cell: run.of_real() for runs in self.runs.values() for cell, run in runs.items() if run.real}

    @cached_property
    def rankings(self) -> dict[Kind, Ranking]:
        """The tests between the complete recipes of each kind."""
        tables = {kind: self._scores(kind) for kind in get_args(Kind)}
        return {kind: rank(table, np.random.default_rng(self.seed)) for kind, table in tables.items() if table}

    def _scores(self, kind: Kind) -> dict[str, dict[str, Array]]:
        """Scores of the recipes of a kind that have one for every task and seed."""
        cells = sum(len(seeds) for seeds in self.grid.values())
        tables = {r: by_task(runs, lambda run: run.score) for r, runs in self.runs.items() if self._kind(r) == kind}
        return {
            recipe: {task: table[task] for task in self.grid}
            for recipe, table in tables.items()
            if sum(len(values) for values in table.values()) == cells
        }

    def _kind(self, recipe: str) -> Kind:
        return next(iter(self.runs[recipe].values())).kind

    def _p_best(self, kind: Kind) -> dict[str, float]:
        """Probability of being best, for recipes that are ranked."""
        if kind not in self.rankings or self.rankings[kind].pairs < FEWEST:
            return {}
        return p_best(self._scores(kind), np.random.default_rng(self.seed))

    def _mean(self, runs: Runs, number: Number) -> float | None:
        """Mean over the tasks on which any recipe has this number, so that it is over the same tasks for all."""
        done = (r for r in self.results if r.status == "done")
        return mean(runs, number, dict.fromkeys(r.task for r in done if number(r) is not None))

    def _row(self, recipe: str, runs: Runs) -> Row:
        """A row without its place, which depends on the other recipes."""
        base = self.runs.get(self.base, {})
        statuses = self._statuses(runs, list(self.grid))
        failed = sum(statuses[status] for status in FAILED)
        numbers = (
            *(score(runs) or NOTHING),
            *(gain(runs, base) or NOTHING),
            *(collapse_rate(runs) or NOTHING),
            self._mean(runs, lambda run: run.mode_share),
            self._mean(runs, lambda run: run.worth("quality")),
            fid_ratio(runs, base),
            self._mean(runs, lambda run: run.worth("diversity")),
            None,
            cost_ratio(runs, base),
            statuses["done"] + failed,
            failed,
            statuses["skipped"] + statuses["missing"],
        )
        values = (*NOTHING, recipe, *numbers, self.suite, self.suite_version, version(), self.date)
        return dict(zip(COLUMNS, values, strict=True))

    def _statuses(self, runs: Runs, tasks: list[str]) -> dict[Status, int]:
        """How many runs of the tasks ended how; one that another recipe has and this one lacks is missing."""
        cells = [(task, seed) for task in tasks for seed in self.grid[task]]
        count = Counter(runs[cell].status if cell in runs else "missing" for cell in cells)
        return {status: count[status] for status in STATUSES}

    def _metrics(self, task: str) -> list[str]:
        """The score, then the metrics with a value on this task, in the order of their declaration."""
        runs = [r for r in self.results if r.task == task]
        known = dict.fromkeys(("score", *self.better, *sorted({name for r in runs for name in r.values})))
        return [m for m in known if m == "score" or any(r.value(m) is not None for r in runs)]


def _on(task: str, runs: Runs) -> Runs:
    """The runs on one task."""
    return {cell: run for cell, run in runs.items() if cell[0] == task}


def _summary(runs: Runs, real: Runs, metric: str, bounds: Range) -> Row:
    """A metric's mean over the seeds of one task that have it (a failed run's score is 0), and real data's mean."""
    number: Number = (lambda run: run.score) if metric == "score" else (lambda run: run.value(metric))
    values, yardstick = (list(by_task(side, number).values()) for side in (runs, real))
    average, low, high = stratified_t(values).within(*bounds) if values else NOTHING
    n = sum(map(len, values))
    best = float(yardstick[0].mean()) if yardstick else None
    return {"mean": average, "low": low, "high": high, "n": n, "real": best}


def _long(result: Result) -> list[Row]:
    """A run's values in long form."""
    names = ("recipe", "task", "kind", "status", "reason", "seed", "modes", "seconds")
    facts = {"strategy" if name == "recipe" else name: getattr(result, name) for name in names}
    metrics = dict.fromkeys((*result.values, *result.real))
    rows = [{**facts, "metric": m, "value": result.value(m), "real": result.real_value(m)} for m in metrics]
    return rows or [{**facts, "metric": None, "value": None, "real": None}]
