"""`gancheck run`: the grid, worked on cell by cell, then the board and the pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gancheck import pool
from gancheck.board import Board
from gancheck.catalogue import Catalogue
from gancheck.device import device_named
from gancheck.errors import GancheckError
from gancheck.pictures import draw
from gancheck.progress import Progress
from gancheck.results import board, comparable, missing, newest_date, result
from gancheck.selection import parse_only, positive, resized, select
from gancheck.spec import cells
from gancheck.store import Row, Run, Store
from gancheck.suite import Suite
from gancheck.work import Job, Report, whole_or_none

FAILURES = ("failed", "diverged", "timeout")


@dataclass(frozen=True)
class Outcome:
    """What a `run` did."""

    counts: Counter[str]  #: runs by status; "cached" for those that were there
    leaderboard: Path
    board: Board

    @property
    def failed(self) -> int:
        """Runs that came to nothing, or were not made."""
        return sum(self.counts[s] for s in (*FAILURES, "missing"))

    def __str__(self) -> str:
        parts = [f"{self.counts['done']} done", f"{self.failed} failed", f"{self.counts['skipped']} skipped"]
        return ", ".join([*parts, f"{self.counts['cached']} cached -> {self.leaderboard}"])


@dataclass(frozen=True)
class Plan:
    """Everything a run will do, before it does any of it."""

    suite: Suite
    jobs: list[Job]
    store: Store
    catalogue: Catalogue

    @classmethod
    def make(
        cls,
        suite: str | Path,
        files: Sequence[str | Path] = (),
        only: Sequence[str] = (),
        seeds: int | None = None,
        steps: int | None = None,
        out: str | Path | None = None,
        device: str = "auto",
        force: bool = False,
    ) -> Plan:
        """Read the suite, choose, and check every plug-in; nothing is written."""
        paths = tuple(str(Path(f).resolve()) for f in files)
        catalogue = Catalogue.load(paths)
        chosen = resized(select(Suite.load(suite, catalogue), catalogue, parse_only(only)), seeds, steps)
        return cls.of(chosen, catalogue, paths, Path(out) if out else None, device, force)

    @classmethod
    def of(
        cls,
        suite: Suite,
        catalogue: Catalogue,
        files: tuple[str, ...] = (),
        out: Path | None = None,
        device: str = "auto",
        force: bool = False,
    ) -> Plan:
        """The plan of a suite that was read already; `files` are the plug-ins that are in the catalogue."""
        store = Store(out or Path("runs") / folder_name(suite))
        grid = cells(suite, device_named(device))
        return cls(
            suite, [Job(cell, cell.specs(catalogue), store.folder, files, force) for cell in grid], store, catalogue
        )

    @property
    def runs(self) -> int:
        """How many runs the grid has."""
        return sum(len(job.specs) for job in self.jobs)

    def held(self, job: Job) -> bool:
        """Whether every run of a cell is in the store."""
        return all(self.store.path(s["run_id"]).exists() for s in job.specs)


def folder_name(suite: Suite) -> str:
    """`quick`, or `quick+steps=100` for a changed budget, which must not mix with the suite's own runs."""
    _, plus, change = suite.version.partition("+")
    return f"{suite.name}{plus}{change}"


def run(
    suite: str | Path,
    *,
    files: Sequence[str | Path] = (),
    only: Sequence[str] = (),
    seeds: int | None = None,
    steps: int | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    device: str = "auto",
    force: bool = False,
) -> Outcome:
    """Train, measure and rank a suite; what the folder already holds is not done again.

    `files` are plug-ins (`--with`), `only` selects as on the command line ("strategy=none,r1"). Raises GancheckError
    on bad input; runs that fail are counted, not raised.
    """
    plan = Plan.make(suite, files, only, seeds, steps, out, device, force)
    return execute(plan, jobs)


def execute(plan: Plan, workers: int | None, progress: Progress | None = None) -> Outcome:
    """Do what is planned, with so many worker processes; None: one per core."""
    if workers is not None:
        positive(workers, "--jobs")
    plan.store.claim(plan.suite.name, plan.suite.version)
    device = plan.jobs[0].cell.device
    todo = len([job for job in plan.jobs if job.force or not plan.held(job)])
    counts: Counter[str] = Counter()
    with progress or Progress(plan.runs) as shown:
        count = min(workers or pool.jobs_by_default(device, todo), max(1, todo))
        threads = pool.threads_by_default(device, count, chosen=workers is not None)
        for job, done in pool.perform(plan.jobs, count, threads):
            reports = [lost(spec, done) for spec in job.specs] if isinstance(done, GancheckError) else done
            for report in reports:
                counts["cached" if report.cached and report.status == "done" else report.status] += 1
                shown.tell(report)
    return conclude(plan, counts)


def lost(spec: Row, error: GancheckError) -> Report:
    """A run that could not be made."""
    label = f"{spec['task']} {spec['recipe']} seed {spec['training']['seed']}"
    return Report(label, "missing", str(error), None, 0.0)


def conclude(plan: Plan, counts: Counter[str]) -> Outcome:
    """Board and pictures, from the store alone."""
    runs, absent = read(plan)
    held = [run for run_id in plan.store.ids() if (run := whole_or_none(plan.store, run_id))]
    beside = comparable(held, runs)
    results = [*map(result, beside), *map(missing, absent)]
    date = newest_date(plan.store.folder)
    made = board(results, plan.catalogue, plan.suite.name, plan.suite.version, date)
    path = made.write(plan.store.folder)
    draw(plan.jobs, plan.catalogue, plan.store, made, beside)
    return Outcome(counts, path, made)


def read(plan: Plan) -> tuple[list[Run], list[Row]]:
    """The runs of the plan that are there, and the specs of those that are not."""
    runs, absent = [], []
    for spec in (s for job in plan.jobs for s in job.specs):
        run = whole_or_none(plan.store, spec["run_id"])
        runs.append(run) if run else absent.append(spec)
    return runs, absent
