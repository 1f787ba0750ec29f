"""The board: runs turned into a ranked table with intervals. It reads results and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl

from gancheck.bench import aggregates
from gancheck.bench.aggregates import SCALES, Range, Runs, by_task, modes_held, on_task, quality, score
from gancheck.bench.alarm_tables import ALARM_COLUMNS, STATE_COLUMNS, alarm_rate, alarm_table, first_alarm, state_rows
from gancheck.bench.ladder import COLUMNS as LADDER
from gancheck.bench.ladder import Climb, find_climbs
from gancheck.bench.run_result import FAILED, Kind
from gancheck.bench.second_opinions import OPINION_COLUMNS, opinion_rows
from gancheck.bench.suite_runs import STATUSES, SuiteRuns
from gancheck.bench.track import TUNING_SEEDS
from gancheck.bench.value_table import list_values
from gancheck.errors import BadData
from gancheck.metrics.base import Better
from gancheck.statistics.intervals import Array, Interval
from gancheck.statistics.ranking import MIN_PAIRS, Ranking, rank
from gancheck.statistics.resolution import board_resolution
from gancheck.strategies.untreated import UNTREATED
from gancheck.system.counts import choose_verb, say_count
from gancheck.system.files import replacing, write_text
from gancheck.system.tables import Row, csv
from gancheck.version import version

COLUMNS = (
    *("rank", "rank_low", "rank_high", "strategy", "held", "held_low", "held_high"),
    *("held_gain", "held_gain_low", "held_gain_high", "effective_modes", "blurred", "held_quarter", "held_half"),
    *("spread", "score", "score_low", "score_high", "gain", "gain_low", "gain_high"),
    *("collapse_rate", "collapse_low", "collapse_high", "modes", "quality", "fid_ratio", "diversity", "p_best"),
    *("cost_ratio", "alarms", "first_alarm", "runs", "failed", "missing"),
    *("suite", "suite_version", "gancheck", "date"),
)
TASK_COLUMNS = ("task", "strategy", "metric", "better", "mean", "low", "high", "n", "real", *STATUSES)
NOTHING = (None, None, None)
RULE = (
    "Ranked by the share of modes held (a mode is held with a tenth of its share in good samples), and recipes whose "
    "samples are good less than a quarter as often as real ones (blurred) below all others."
)
ORDER = f"In the order of{RULE.removeprefix('Ranked by')}"  #: the same where too few runs are there to rank
UNBOUNDED: Range = (-math.inf, math.inf)


@dataclass(frozen=True)
class Leaderboard(SuiteRuns):
    """The runs of one suite, in any order: the same runs give the same tables.

    Nothing is dropped: a failed run scores 0, and a recipe that lacks a task or seed which another recipe has stands
    below the ranked ones, with numbers over what it ran. Models that train themselves, which no strategy can treat,
    stand below in rows of their own; recipes are ranked on the other tasks.
    """

    suite: str
    suite_version: str
    better: Mapping[str, Better]  #: direction of every metric
    ranges: Mapping[str, Range] = field(
        default_factory=dict
    )  #: least and most that a metric can be, where it has bounds
    base: str = UNTREATED  #: to which gains and ratios refer; of tuned recipes, the tuned untreated GAN
    date: str = ""  #: as it shall stand in the table
    seed: int = 0  #: of the tests beyond 40 pairs
    collapse: frozenset[str] = frozenset()  #: detectors of collapse

    def __post_init__(self) -> None:
        if any(run.seed >= TUNING_SEEDS for run in self.results):
            raise BadData(
                f"runs on seeds from {TUNING_SEEDS:,} on chose parameters, and are never ranked; rank the runs of the "
                "suite that gancheck tune has written, tuned.toml"
            )

    def leaderboard(self, kind: Kind = "trained") -> list[Row]:
        """One row per recipe by falling share of modes held, blurred ones below; then incomplete recipes, then real
        data and what else nobody trained. Columns are `COLUMNS`."""
        ranking = self.rankings.get(kind)
        ranked = ranking.recipes if ranking else ()
        rows = [self._row(recipe, runs) for recipe, runs in self.recipes.items() if self.kind_of(recipe) == kind]
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
                if task not in self.ranked_tasks and not on_task(task, runs):
                    continue  # a yardstick's task, on which no recipe is run
                count = {str(status): n for status, n in self.count_statuses(runs, [task]).items()}
                for metric in metrics:
                    better = "higher" if metric in SCALES else self.better.get(metric)
                    facts = {"task": task, "strategy": recipe, "metric": metric, "better": better}
                    bounds = (0.0, 1.0) if metric in SCALES else self.ranges.get(metric, UNBOUNDED)
                    rows.append(facts | aggregates.summary(on_task(task, runs), real, metric, bounds) | count)
        return rows

    def states(self) -> list[Row]:
        """One row per recipe, in the board's order, on how its trainings ended and what alarms saw of it, and the last
        of all together; none where no detector has seen a training. Columns are `STATE_COLUMNS`."""
        trained = {**self.runs, **self.models}
        order = [row["strategy"] for row in self.leaderboard() if row["strategy"] in trained]
        tables = {name: [*self.rows[name].values()] for name in dict.fromkeys([*order, *self.recipes])}
        return state_rows(tables, self.collapse)

    def summary(self) -> str:
        """One sentence: how much of the order in the table is more than luck."""
        ranking = self.rankings.get("trained")
        if self.coarse:
            return f"Not ranked: runs were computed in {' and '.join(self.coarse)}, and only float32 is ranked."
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

    @cached_property
    def resolution(self) -> float | None:
        """The true difference in modes held that the tests see 80 times in 100: the median over pairs of recipes, from
        their own spread. None where nobody is ranked, or no difference can be seen."""
        ranking = self.rankings.get("trained")
        return board_resolution(self.held_by_task("trained")) if ranking and ranking.pairs >= MIN_PAIRS else None

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
        """Write leaderboard.csv, tasks.csv, second-opinions.csv, results.parquet and, of a suite with knobs,
        ladder.csv, each by rename; returns the leaderboard's path."""
        for kind in get_args(Kind):
            path = folder / ("leaderboard.csv" if kind == "trained" else f"leaderboard-{kind}.csv")
            rows = self.leaderboard(kind)
            write_or_remove(path, rows, COLUMNS, is_kept=kind == "trained")
        write_text(folder / "tasks.csv", csv(self.tasks(), TASK_COLUMNS))
        write_or_remove(folder / "ladder.csv", [row for climb in self.climbs for row in climb.rows()], LADDER)
        opinions = opinion_rows(self.held_by_task("trained"), np.random.default_rng(self.seed))
        write_or_remove(folder / "second-opinions.csv", opinions, OPINION_COLUMNS)
        states = self.states()
        write_or_remove(folder / "states.csv", states, STATE_COLUMNS)
        write_or_remove(folder / "alarms.csv", alarm_table(self.results), ALARM_COLUMNS, is_kept=bool(states))
        table = BytesIO()  # polars names a full disk by an error of its own
        self.values().write_parquet(table)
        with replacing(folder / "results.parquet") as part:
            part.write_bytes(table.getvalue())
        return folder / "leaderboard.csv"

    @cached_property
    def modes_and_quality(self) -> dict[str, tuple[Interval, Interval]]:
        """By recipe, and by name for what nobody trained: modes held and quality, where both are known everywhere."""
        known = {n: r for n, r in self.rows.items() if self.mean_over_tasks(r, quality) is not None}
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
        return list_values(run for runs in self.runs.values() for run in runs.values())

    @cached_property
    def rankings(self) -> dict[Kind, Ranking]:
        """The tests between the complete recipes of each kind, on the share of modes held; none where a run was not
        computed in float32."""
        if self.coarse:
            return {}
        tables = {kind: self.held_by_task(kind) for kind in get_args(Kind)}
        return {
            kind: rank(table, np.random.default_rng(self.seed), blurred=self.blurred & set(table))
            for kind, table in tables.items()
            if table
        }

    def held_by_task(self, kind: Kind) -> dict[str, dict[str, Array]]:
        """Shares of modes held by the recipes of a kind that have one for every task and seed."""
        cells = sum(len(self.grid[task]) for task in self.ranked_tasks)
        tables = {r: by_task(runs, modes_held) for r, runs in self.recipes.items() if self.kind_of(r) == kind}
        return {
            recipe: {task: table[task] for task in self.ranked_tasks}
            for recipe, table in tables.items()
            if sum(len(values) for values in table.values()) == cells
        }

    def _row(self, recipe: str, runs: Runs) -> Row:
        """A row without its place, which depends on the other recipes."""
        base = self.recipes.get(self.base, {})
        tasks = self.tasks_of_models[recipe] if recipe in self.models else self.ranked_tasks
        statuses = self.count_statuses(runs, tasks)
        failed = sum(statuses[status] for status in FAILED)
        numbers = (
            *(aggregates.interval(runs, modes_held) or NOTHING),
            *(aggregates.gain(runs, base, modes_held) or NOTHING),
            self.mean_over_tasks(runs, lambda run: run.share("effective-modes")),
            recipe in self.blurred,
            self.mean_over_tasks(runs, lambda run: run.share("modes-quarter")),
            self.mean_over_tasks(runs, lambda run: run.share("modes-half")),
            self.mean_over_tasks(runs, lambda run: run.value_or_worst("spread")),
            *(aggregates.interval(runs, score) or NOTHING),
            *(aggregates.gain(runs, base, score) or NOTHING),
            *(aggregates.collapse_rate(runs) or NOTHING),
            self.mean_over_tasks(runs, modes_held),
            self.mean_over_tasks(runs, quality),
            aggregates.fid_ratio(runs, base),
            self.mean_over_tasks(runs, lambda run: run.value_or_worst("diversity")),
            None,
            (aggregates.cost_ratio_on_data if recipe in self.models else aggregates.cost_ratio)(runs, base),
            alarm_rate(runs.values()),
            first_alarm(runs.values()),
            statuses["done"] + failed,
            failed,
            statuses["skipped"] + statuses["missing"],
        )
        values = (*NOTHING, recipe, *numbers, self.suite, self.suite_version, version(), self.date)
        return dict(zip(COLUMNS, values, strict=True))

    def _metrics(self, task: str) -> list[str]:
        """Modes held and the score, then the metrics with a value on this task, in the order of their declaration."""
        runs = [r for r in self.results if r.task == task]
        known = dict.fromkeys((*SCALES, *self.better, *sorted({name for r in runs for name in r.values})))
        return [m for m in known if m in SCALES or any(r.value(m) is not None for r in runs)]


def write_or_remove(path: Path, rows: list[Row], columns: tuple[str, ...], is_kept: bool = False) -> None:
    """A table as CSV. One without rows that is not to be kept is removed: an earlier board may have left it."""
    if rows or is_kept:
        write_text(path, csv(rows, columns))
    else:
        path.unlink(missing_ok=True)
