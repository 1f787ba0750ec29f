"""A run of a suite: what is planned is worked on cell by cell, then the leaderboard is made of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars
import torch

from gancheck.bench.cell import RETRIED, Job, RunSummary, kept_runs, summarise_run
from gancheck.bench.collect import (
    comparable_runs,
    make_leaderboard,
    missing_result,
    newest_date,
    run_result,
    say_outdated,
    suite_runs,
)
from gancheck.bench.execution.base import Executor, open_results
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.plan import Plan
from gancheck.bench.run_result import FAILED
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.store import Run
from gancheck.errors import GancheckError
from gancheck.system.counts import choose_verb, say_count
from gancheck.training.compiling import has_compiler

OnRun = Callable[[RunSummary], None]  #: hears of every run that has an outcome


@dataclass(frozen=True)
class RunOutcome:
    """What a run of a suite did, and the leaderboard that came of it."""

    counts: Counter[str]  #: runs by status; "cached" for those that were there
    leaderboard: Path  #: of the CSV file; tasks.csv, results.parquet and the pictures are beside it
    board: Leaderboard  #: of the tasks and seeds that were asked for
    runs: list[Run] = field(repr=False)  #: on the board, with all their rows
    notes: tuple[str, ...] = ()  #: what a reader of the board should know: kept failures, metrics that raised

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
    plan.claim()
    counts, heard = Counter[str](), list[RunSummary]()

    def hear(summary: RunSummary) -> None:
        heard.append(summary)
        counts["cached" if summary.cached and summary.status == "done" else summary.status] += 1
        on_run(summary)

    todo = [job for job in plan.jobs if not report_kept(job, plan, hear)]
    with open_results(executor, todo) as results:
        for job, done in results:
            plan.store.forget(spec.run_id for spec in job.specs)
            for summary in missing_summaries(job, done) if isinstance(done, GancheckError) else done:
                hear(summary)
    outcome = write_leaderboard(plan, counts)
    return replace(outcome, notes=(*describe_trouble(heard), *missing_compiler(plan, todo), *outcome.notes))


def missing_compiler(plan: Plan, todo: Sequence[Job]) -> Iterator[str]:
    """That training was slow for want of a compiler, said once."""
    slow = [
        job
        for job, setup in zip(plan.jobs, plan.setups, strict=True)
        if job in todo and job.cell.repays_compiling(setup.recipe) and not setup.gan.own_loop
    ]
    device = torch.device(slow[0].cell.device) if slow else None
    if device and not has_compiler(device):
        program = "Triton" if device.type == "cuda" else "a C++ compiler, such as g++"
        yield (
            f"{say_count(len(slow), 'block')} of seeds would have trained about twice as fast with {program}, which "
            "was not found; a run that is made with one has another id"
        )


def report_kept(job: Job, plan: Plan, hear: OnRun) -> bool:
    """Whether all of a cell is in the store already, and is left so; its runs are told."""
    runs = kept_runs(job, plan.store)
    if len(runs) < len(job.specs):
        return False
    for spec in job.specs:
        hear(summarise_run(runs[spec.run_id], cached=True))
    return True


def describe_trouble(heard: Sequence[RunSummary]) -> Iterator[str]:
    """Failures that were kept, and metrics that raised."""
    kept = [summary for summary in heard if summary.cached and summary.status in RETRIED]
    if kept:
        yield (
            f"{say_count(len(kept), 'failed run')} {choose_verb(len(kept), 'was', 'were')} not tried again: the folder "
            'has them, and no code has changed since; --retry failed (retry="failed" in Python) tries them again'
        )
    detours = Counter(summary.detour for summary in heard if summary.detour and not summary.cached)
    for reason, count in detours.items():
        yield f"{say_count(count, 'run')} left the fast way of training, {reason}"
    raised = Counter(error for summary in heard for error in summary.metric_errors.values())
    for error, count in raised.items():
        runs = f"{say_count(count, 'run')} {choose_verb(count, 'has', 'have')}"
        yield f"{error}; {runs} no value of it, and all their other numbers"


def missing_summaries(job: Job, error: GancheckError) -> list[RunSummary]:
    """The runs of a cell that could not be worked on."""
    return [RunSummary(spec.label, "missing", str(error), None, 0.0) for spec in job.specs]


def write_leaderboard(plan: Plan, counts: Counter[str]) -> RunOutcome:
    """The boards and their tables, from the store alone: of all that the folder holds on the suite's own tasks, and of
    the tasks and seeds that were asked for, in `only/` where that is another one."""
    store = plan.store
    stored = {run_id: run for run_id in store.ids() if (run := store.read_or_none(run_id))}
    absent = [spec for spec in plan.specs if spec.run_id not in stored]
    places, gone = {spec.place[::2] for spec in plan.specs}, {spec.place for spec in absent}
    whole = [run for run in comparable_runs(list(stored.values())) if run.spec.place not in gone]
    asked, of_suite = [run for run in whole if run.spec.place[::2] in places], suite_runs(whole, plan.own_tasks)
    folder, notes = store.folder, list[str]()
    if {run.spec.run_id for run in asked} != {run.spec.run_id for run in of_suite}:
        board_of(plan, of_suite, [spec for spec in absent if spec.task in plan.own_tasks]).write(folder)
        notes.append(
            f"This board is of the tasks and seeds that were asked for. The suite's, of all that {folder} holds, is "
            f"{folder / 'leaderboard.csv'}; gancheck rank prints it, gancheck report shows it."
        )
        folder = folder / "only"
    notes += say_outdated([*stored.values()], plan.own_tasks, store.folder)
    board = board_of(plan, asked, absent)
    return RunOutcome(counts, board.write(folder), board, asked, tuple(notes))


def board_of(plan: Plan, runs: Sequence[Run], absent: Sequence[RunSpec]) -> Leaderboard:
    """The board of some runs, and of those that were planned and are not there."""
    results = [*map(run_result, runs), *map(missing_result, absent)]
    suite = plan.suite
    date = newest_date(plan.store.folder)
    return make_leaderboard(results, plan.registry, suite.name, suite.version, date, suite.base)
