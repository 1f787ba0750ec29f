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

from gancheck.bench import aggregates
from gancheck.bench.aggregates import SCALES, Range, Runs, RunValue, by_task, modes_held, on_task, quality, score
from gancheck.bench.ladder import COLUMNS as LADDER
from gancheck.bench.ladder import Climb, find_climbs
from gancheck.bench.run_result import FAILED, Kind, RunResult, Status
from gancheck.errors import BadData
from gancheck.metrics.base import Better
from gancheck.statistics.intervals import Array, Interval
from gancheck.statistics.ranking import MIN_PAIRS, Ranking, rank
from gancheck.system.counts import choose_verb, say_count
from gancheck.system.files import replacing, write_text
from gancheck.system.tables import Row, csv
from gancheck.version import version

COLUMNS = (
    *("rank", "rank_low", "rank_high", "strategy", "held", "held_low", "held_high"),
    *("held_gain", "held_gain_low", "held_gain_high", "effective_modes", "blurred", "held_quarter", "held_half"),
    *("spread", "score", "score_low", "score_high", "gain", "gain_low", "gain_high"),
    *("collapse_rate", "collapse_low", "collapse_high", "modes", "quality", "fid_ratio", "diversity", "p_best"),
    *("cost_ratio", "runs", "failed", "missing", "suite", "suite_version", "gancheck", "date"),
)
STATUSES: tuple[Status, ...] = get_args(Status)
TASK_COLUMNS = ("task", "strategy", "metric", "better", "mean", "low", "high", "n", "real", *STATUSES)
NOTHING = (None, None, None)
BLURRED = 0.25  #: share of real data's quality under which a recipe ranks below all others: noise holds modes too
RULE = (
    "Ranked by the share of modes held (a mode is held with a tenth of its share in good samples), and recipes whose "
    "samples are good less than a quarter as often as real ones (blurred) below all others."
)
ORDER = f"In the order of{RULE.removeprefix('Ranked by')}"  #: the same where too few runs are there to rank
UNBOUNDED: Range = (-math.inf, math.inf)


@dataclass(frozen=True)
class Leaderboard:
    """The runs of one suite, in any order: the same runs give the same tables.

    Nothing is dropped: a failed run scores 0, and a recipe that lacks a task or seed which another recipe has stands
    below the ranked ones, with numbers over what it ran. Models that train themselves, which no strategy can treat,
    stand below in rows of their own; recipes are ranked on the other tasks.
    """

    results: Sequence[RunResult]
    suite: str
    suite_version: str
    better: Mapping[str, Better]  #: direction of every metric
    ranges: Mapping[str, Range] = field(
        default_factory=dict
    )  #: least and most that a metric can be, where it has bounds
    base: str = "none"  #: the untreated GAN, to which gains and ratios refer
    date: str = ""  #: as it shall stand in the table
    seed: int = 0  #: of the tests beyond 40 pairs

    def leaderboard(self, kind: Kind = "trained") -> list[Row]:
        """One row per recipe by falling share of modes held, blurred ones below; then incomplete recipes, then real
        data and what else nobody trained. Columns are `COLUMNS`."""
        ranking = self.rankings.get(kind)
        ranked = ranking.recipes if ranking else ()
        rows = [self._row(recipe, runs) for recipe, runs in self.recipes.items() if self._kind(recipe) == kind]
        for row in (row for row in rows if row["strategy"] in ranked):
            assert ranking is not None
            row.update(zip(COLUMNS[:3], ranking.place(row["strategy"]) or NOTHING, strict=True))
            row["p_best"] = ranking.p_best(row["strategy"])
        rows.sort(key=lambda r: (r["strategy"] not in ranked, r["blurred"] or False, -(r["held"] or 0), r["strategy"]))
        rows += [self._row(name, runs) for name, runs in (self.models if kind == "trained" else {}).items()]
        return [*rows, *(self._row(name, runs) for name, runs in self.untrained.items())] if rows else rows

    def tasks(self) -> list[Row]:
        """One row per task, recipe and metric, for the metrics that any recipe has on the task; see `TASK_COLUMNS`."""
        rows: list[Row] = []
        for task in self.grid:
            real, metrics = on_task(task, self.real), self._metrics(task)
            for recipe, runs in self.runs.items():
                count = {str(status): n for status, n in self._statuses(runs, [task]).items()}
                for metric in metrics:
                    better = "higher" if metric in SCALES else self.better.get(metric)
                    facts = {"task": task, "strategy": recipe, "metric": metric, "better": better}
                    bounds = (0.0, 1.0) if metric in SCALES else self.ranges.get(metric, UNBOUNDED)
                    rows.append(facts | aggregates.summary(on_task(task, runs), real, metric, bounds) | count)
        return rows

    def summary(self) -> str:
        """One sentence: how much of the order in the table is more than luck."""
        ranking = self.rankings.get("trained")
        if ranking is None or len(ranking.recipes) < 2:
            return "Fewer than two recipes have all their runs: there is nothing to compare."
        if ranking.pairs < MIN_PAIRS:
            pairs = say_count(ranking.pairs, "pair")
            return f"Not ranked: {pairs} of task and seed, where {MIN_PAIRS} are needed; run more seeds."
        k, apart = len(ranking.recipes), ranking.distinguishable
        if not apart:
            return f"No two of the {k} recipes are told apart at {say_count(ranking.pairs, 'pair')} of task and seed."
        pairs, are = say_count(k * (k - 1) // 2, "pair"), choose_verb(apart, "is", "are")
        return f"{apart} of the {pairs} of recipes {are} told apart; the others may be luck."

    @property
    def rule(self) -> str:
        """One sentence: by what the table is ranked, or in which order it stands."""
        ranking = self.rankings.get("trained")
        return RULE if ranking and ranking.pairs >= MIN_PAIRS and len(ranking.recipes) > 1 else ORDER

    def __repr__(self) -> str:
        counts = f"{say_count(len(self.runs), 'recipe')} on {say_count(len(self.grid), 'task')}"
        counts = f"{counts}, {say_count(len(self.results), 'run')}"
        return f"<Leaderboard of {self.suite}, version {self.suite_version}: {counts}; .leaderboard() gives the rows>"

    def write(self, folder: Path) -> Path:
        """Write leaderboard.csv, tasks.csv, results.parquet and, of a suite with knobs, ladder.csv, each by rename;
        returns the leaderboard's path."""
        for kind in get_args(Kind):
            path = folder / ("leaderboard.csv" if kind == "trained" else f"leaderboard-{kind}.csv")
            rows = self.leaderboard(kind)
            if rows or kind == "trained":
                write_text(path, csv(rows, COLUMNS))
            else:
                path.unlink(missing_ok=True)  # an earlier board of the same folder had such recipes
        write_text(folder / "tasks.csv", csv(self.tasks(), TASK_COLUMNS))
        rungs = [row for climb in self.climbs for row in climb.rows()]
        if rungs:
            write_text(folder / "ladder.csv", csv(rungs, LADDER))
        else:
            (folder / "ladder.csv").unlink(missing_ok=True)
        table = BytesIO()  # polars names a full disk by an error of its own
        self.values().write_parquet(table)
        with replacing(folder / "results.parquet") as part:
            part.write_bytes(table.getvalue())
        return folder / "leaderboard.csv"

    @cached_property
    def modes_and_quality(self) -> dict[str, tuple[Interval, Interval]]:
        """By recipe, and by name for what nobody trained: modes held and quality, where both are known everywhere."""
        known = {n: r for n, r in self.rows.items() if self._mean(r, quality) is not None}
        pairs = {
            name: (aggregates.interval(runs, modes_held), aggregates.interval(runs, quality))
            for name, runs in known.items()
        }
        return {name: (modes, good) for name, (modes, good) in pairs.items() if modes and good}

    @cached_property
    def climbs(self) -> list[Climb]:
        """Every recipe on every knob of the suite's ladder, best breaking points first within a knob."""
        found = find_climbs(run for runs in self.runs.values() for run in runs.values())
        return sorted(found, key=lambda c: (c.knob, -(c.breaking_point or (-1.0,))[0], c.strategy))

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
    def treated(self) -> list[str]:
        """The tasks whose GAN a strategy can treat; all where there is none, as nothing is to be ranked then."""
        return sorted({r.task for r in self.results if not r.own_loop}) or list(self.grid)

    @cached_property
    def recipes(self) -> dict[str, Runs]:
        """The runs of every recipe on the tasks on which recipes are ranked; a recipe without any has all its runs."""
        tables = {recipe: self._treated(runs) or runs for recipe, runs in self.runs.items()}
        return {recipe: runs for recipe, runs in tables.items() if not all(run.is_model for run in runs.values())}

    @cached_property
    def models(self) -> dict[str, Runs]:
        """The runs of every model that trains itself, by the name of its row."""
        table: dict[str, Runs] = {}
        for cell, run in (pair for runs in self.runs.values() for pair in runs.items()):
            if run.is_model:
                table.setdefault(run.model, {})[cell] = run
        return table

    @cached_property
    def rows(self) -> dict[str, Runs]:
        """The runs behind every row: recipes, models that train themselves, and what nobody trained."""
        return {**self.recipes, **self.models, **self.untrained}

    def _treated(self, runs: Runs) -> Runs:
        return {cell: run for cell, run in runs.items() if cell[0] in self.treated}

    @cached_property
    def grid(self) -> dict[str, list[int]]:
        """The seeds of every task: all that any recipe has."""
        tasks = sorted({result.task for result in self.results})
        return {task: sorted({r.seed for r in self.results if r.task == task}) for task in tasks}

    @cached_property
    def real(self) -> Runs:
        """The real draw of every task and seed that has one; it is the same beside every recipe."""
        return {cell: run.as_real() for runs in self.runs.values() for cell, run in runs.items() if run.real}

    @cached_property
    def untrained(self) -> dict[str, Runs]:
        """By name, what nobody trained: real data first, then the yardsticks, such as noise."""
        real = self._treated(self.real)
        tables: dict[str, Runs] = {"real": real} if real else {}
        for cell, run in (pair for runs in self.runs.values() for pair in self._treated(runs).items()):
            for name, values in run.yardsticks.items():
                tables.setdefault(name, {})[cell] = run.as_untrained(name, values)
        return tables

    @cached_property
    def blurred(self) -> frozenset[str]:
        """Recipes whose samples are good less than a quarter as often as real ones."""
        return frozenset(name for name, runs in self.rows.items() if self._blurred(runs))

    @cached_property
    def rankings(self) -> dict[Kind, Ranking]:
        """The tests between the complete recipes of each kind, on the share of modes held."""
        tables = {kind: self._held(kind) for kind in get_args(Kind)}
        return {
            kind: rank(table, np.random.default_rng(self.seed), blurred=self.blurred & set(table))
            for kind, table in tables.items()
            if table
        }

    def _held(self, kind: Kind) -> dict[str, dict[str, Array]]:
        """Shares of modes held by the recipes of a kind that have one for every task and seed."""
        cells = sum(len(self.grid[task]) for task in self.treated)
        tables = {r: by_task(runs, modes_held) for r, runs in self.recipes.items() if self._kind(r) == kind}
        return {
            recipe: {task: table[task] for task in self.treated}
            for recipe, table in tables.items()
            if sum(len(values) for values in table.values()) == cells
        }

    def _kind(self, recipe: str) -> Kind:
        return next(iter(self.runs[recipe].values())).kind

    def _blurred(self, runs: Runs) -> bool:
        """Whether the finished runs' mean quality is under a quarter of real data's on the same tasks and seeds."""
        finished = {cell: run for cell, run in runs.items() if run.status == "done" and cell in self.real}
        own = aggregates.interval(finished, quality)
        real = aggregates.interval({cell: self.real[cell] for cell in finished}, quality)
        return own is not None and real is not None and own.mean < BLURRED * real.mean

    def _mean(self, runs: Runs, number: RunValue) -> float | None:
        """Mean over the tasks on which any recipe has this number, so that it is over the same tasks for all."""
        done = (r for r in self.results if r.status == "done")
        return aggregates.mean(runs, number, dict.fromkeys(r.task for r in done if number(r) is not None))

    def _row(self, recipe: str, runs: Runs) -> Row:
        """A row without its place, which depends on the other recipes."""
        base = self.recipes.get(self.base, {})
        own = list(dict.fromkeys(task for task, _ in runs))
        statuses = self._statuses(runs, own if recipe in self.models else self.treated)
        failed = sum(statuses[status] for status in FAILED)
        numbers = (
            *(aggregates.interval(runs, modes_held) or NOTHING),
            *(aggregates.gain(runs, base, modes_held) or NOTHING),
            self._mean(runs, lambda run: run.share("effective-modes")),
            recipe in self.blurred,
            self._mean(runs, lambda run: run.share("modes-quarter")),
            self._mean(runs, lambda run: run.share("modes-half")),
            self._mean(runs, lambda run: run.value_or_worst("spread")),
            *(aggregates.interval(runs, score) or NOTHING),
            *(aggregates.gain(runs, base, score) or NOTHING),
            *(aggregates.collapse_rate(runs) or NOTHING),
            self._mean(runs, modes_held),
            self._mean(runs, quality),
            aggregates.fid_ratio(runs, base),
            self._mean(runs, lambda run: run.value_or_worst("diversity")),
            None,
            aggregates.cost_ratio(runs, base),
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
        """Modes held and the score, then the metrics with a value on this task, in the order of their declaration."""
        runs = [r for r in self.results if r.task == task]
        known = dict.fromkeys((*SCALES, *self.better, *sorted({name for r in runs for name in r.values})))
        return [m for m in known if m in SCALES or any(r.value(m) is not None for r in runs)]


def _long(result: RunResult) -> list[Row]:
    """A run's values in long form."""
    names = ("recipe", "task", "kind", "status", "reason", "seed", "modes", "seconds")
    facts = {"strategy" if name == "recipe" else name: getattr(result, name) for name in names}
    metrics = dict.fromkeys((*result.values, *result.real))
    rows = [{**facts, "metric": m, "value": result.value(m), "real": result.real_value(m)} for m in metrics]
    return rows or [{**facts, "metric": None, "value": None, "real": None}]
