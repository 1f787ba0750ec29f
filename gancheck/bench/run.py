"""A run of a suite: what is planned is worked on cell by cell, then the leaderboard is made of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars

from gancheck.bench.cell import Job, RunSummary, stored_runs, summarise_run
from gancheck.bench.collect import comparable_runs, make_leaderboard, missing_result, newest_date, run_result
from gancheck.bench.execution.base import Executor
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.plan import Plan
from gancheck.bench.run_result import FAILED
from gancheck.bench.store import Run
from gancheck.errors import GancheckError

OnRun = Callable[[RunSummary], None]  #: hears of every run that has an outcome


@dataclass(frozen=True)
class RunOutcome:
    """What a run of a suite did, and the leaderboard that came of it."""

    counts: Counter[str]  #: runs by status; "cached" for those that were there
    leaderboard: Path  #: of the CSV file; tasks.csv, results.parquet and the pictures are beside it
    board: Leaderboard
    runs: list[Run] = field(repr=False)  #: on the board, with all their rows

    @property
    def failed(self) -> int:
        """Runs that came to nothing, or were not made."""
        return sum(self.counts[s] for s in (*FAILED, "missing"))

    def frame(self) -> polars.DataFrame:
        """The leaderboard's rows, in its order; columns as in leaderboard.csv."""
        return polars.DataFrame(self.board.leaderboard(), infer_schema_length=None)

    def __str__(self) -> str:
        parts = [f"{self.counts['done']} done", f"{self.failed} failed", f"{self.counts['skipped']} skipped"]
        return ", ".join([*parts, f"{self.counts['cached']} cached -> {self.leaderboard}"])


def execute(plan: Plan, executor: Executor, on_run: OnRun = lambda _: None) -> RunOutcome:
    """Do what is planned and is not there yet. StoreError where the folder cannot be used."""
    plan.store.claim(plan.suite.name, plan.suite.version)
    counts: Counter[str] = Counter()

    def hear(summary: RunSummary) -> None:
        counts["cached" if summary.cached and summary.status == "done" else summary.status] += 1
        on_run(summary)

    todo = [job for job in plan.jobs if not report_stored(job, plan, hear)]
    for job, done in executor.run(todo) if todo else ():
        plan.store.forget(spec.run_id for spec in job.specs)
        for summary in missing_summaries(job, done) if isinstance(done, GancheckError) else done:
            hear(summary)
    return write_leaderboard(plan, counts)


def report_stored(job: Job, plan: Plan, hear: OnRun) -> bool:
    """Whether a cell is in the store already; its runs are told."""
    runs = None if job.force else stored_runs(job, plan.store)
    for run in runs or ():
        hear(summarise_run(run, cached=True))
    return runs is not None


def missing_summaries(job: Job, error: GancheckError) -> list[RunSummary]:
    """The runs of a cell that could not be worked on."""
    return [RunSummary(spec.label, "missing", str(error), None, 0.0) for spec in job.specs]


def write_leaderboard(plan: Plan, counts: Counter[str]) -> RunOutcome:
    """The leaderboard and its tables, from the store alone."""
    store = plan.store
    stored = {run_id: run for run_id in store.ids() if (run := store.read_or_none(run_id))}
    chosen = [stored[spec.run_id] for spec in plan.specs if spec.run_id in stored]
    runs = comparable_runs(list(stored.values()), chosen)
    absent = [missing_result(spec) for spec in plan.specs if spec.run_id not in stored]
    results = [*map(run_result, runs), *absent]
    suite = plan.suite
    board = make_leaderboard(results, plan.registry, suite.name, suite.version, newest_date(store.folder))
    return RunOutcome(counts, board.write(store.folder), board, runs)
