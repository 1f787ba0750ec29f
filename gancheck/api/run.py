"""`gancheck.run` and `gancheck.check`, as Python users call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gancheck.bench.cell import Retry, RunSummary
from gancheck.bench.execution.base import Executor
from gancheck.bench.execution.engine import Engine, EngineName
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import OnRun, RunOutcome, execute
from gancheck.bench.selection import resize, select
from gancheck.bench.side_files import CHECKPOINT, SideFiles
from gancheck.bench.suite import Suite
from gancheck.bench.suite_file import check_suite, load_suite, suite_of
from gancheck.bench.trackers.base import Tracker
from gancheck.bench.trackers.loader import load_tracker
from gancheck.bench.trackers.tracking import Tracking
from gancheck.plugins.parameters import split_names
from gancheck.plugins.registry import Registry
from gancheck.report.html.report import FILE, Report
from gancheck.report.kept_samples import keep_samples, missing_players
from gancheck.report.plots.bench import draw
from gancheck.report.text.profile import profile_tasks
from gancheck.report.text.progress import RunBar, Words
from gancheck.report.tracked_samples import sample_pictures
from gancheck.system.data_folder import data_from
from gancheck.testing.contract import kept_line, plugins_at


@dataclass(frozen=True)
class RunOptions:
    """How a plan is worked on, and who hears of it; no number depends on it."""

    jobs: int | None = None
    threads: int | None = None
    engine: Engine = field(default_factory=Engine)
    words: Words = "normal"
    tracker: Tracker | None = None
    track_cached: bool = False
    on_run: OnRun = lambda _: None  #: hears of every run that has an outcome

    def local(self, plan: Plan) -> LocalExecutor:
        """The workers of this machine, as which samples are drawn again."""
        return LocalExecutor.of(plan.device, len(plan.todo), self.jobs, self.threads)

    def refuse(self, plan: Plan) -> None:
        """BadParameter for numbers below 1, and for what has no effect on the plan's device."""
        self.local(plan)
        self.engine.refuse_idle_share(plan.device)

    def executor(self, plan: Plan) -> Executor:
        """Who works on the cells."""
        return self.engine.executor(plan.device, len(plan.todo), self.jobs, self.threads)

    def tracking(self, plan: Plan) -> Tracking | None:
        """Who tells the tracker; None without one."""
        return Tracking(self.tracker, plan, sample_pictures(plan), self.track_cached) if self.tracker else None


def run(
    suite: str | Path | Suite | None = None,
    *,
    strategies: str | Sequence[str] = (),
    datasets: str | Sequence[str] = (),
    gans: str | Sequence[str] = (),
    seeds: int | None = None,
    steps: int | None = None,
    plugins: Sequence[str | Path] = (),
    out: str | Path | None = None,
    jobs: int | None = None,
    threads: int | None = None,
    device: str = "auto",
    force: bool = False,
    retry: Retry | None = None,
    data_root: str | Path | None = None,
    checkpoint: float = CHECKPOINT,
    keep: str | Sequence[str] = (),
    profile: bool = False,
    engine: EngineName = "local",
    address: str | None = None,
    gpu_share: float = 1.0,
    track: str | Tracker | None = None,
    track_cached: bool = False,
) -> RunOutcome:
    """Train, measure and rank; what the folder already holds is not done again.

    `suite` is a name (`gancheck list suites`), a .toml file or a `Suite`; without one, `strategies` and `datasets` make
    it, with the GAN `mlp` unless `gans` names others, 5 seeds and 1,000 steps unless told. With a suite, the three
    select from it, or add what it does not name: recipes such as "rpgan+r1r2", datasets such as "ring(modes=16)".
    `plugins` are files or folders of your own. `out` is the folder of results, `runs/<suite>` unless given. `jobs`
    worker processes (one a core) have `threads` threads each (one on a CPU). `device` is "auto", "cpu",
    "cuda" (all GPUs, one worker on each) or "cuda:1".
    `retry="failed"` tries runs again that failed or ran out of time; else they stay as they are until code changes.
    `data_root` is the folder of downloaded data sets; GANCHECK_DATA, or the cache, unless given.

    A block of seeds that trains for longer than `checkpoint` seconds writes its state to the folder every so often, and
    the same call goes on from there after it was killed; 0 writes none. `keep` names what is written to
    `<out>/samples`: "samples" (the last evaluation's, as .npy), "grids" (of images, at every evaluation), and to
    `<out>/players`: "players" (all networks at the end of training). `profile` times some steps of every task first.
    `track` is "tensorboard", "FILE.py:NAME", or an object with a tracker's four methods, which hears of every run when
    its block is done; with `track_cached` also of runs that were there before. `engine="ray"` works on the Ray cluster
    at `address` ("auto", "HOST:PORT"; None starts one of this machine), with `gpu_share` of a GPU for each block. None
    of these changes a number.

    Gives a `RunOutcome`: `.board` (the `Leaderboard`), `.frame()` (its rows as a polars.DataFrame), `.failed` (how many
    runs came to nothing; they are counted, not raised), `.counts`, `.runs`, and `.leaderboard`, the CSV file's path.
    Raises UnknownName, BadParameter, BadSuite or BadPlugin for bad input, StoreError where `out` cannot be used.
    """
    side = SideFiles(checkpoint, tuple(list_names(keep)), profile)
    tracker = None if track is None else load_tracker(track)
    how = RunOptions(jobs, threads, Engine(engine, address, gpu_share), tracker=tracker, track_cached=track_cached)
    with data_from(data_root):
        registry = Registry.load(plugins)
        if suite is None:
            whole = chosen = suite_of(
                registry, list_names(strategies), list_names(datasets), list_names(gans) or ["mlp"]
            )
        else:
            only = {"strategy": list_names(strategies), "dataset": list_names(datasets), "gan": list_names(gans)}
            whole = check_suite(suite, registry) if isinstance(suite, Suite) else load_suite(suite, registry)
            chosen = select(whole, registry, {axis: names for axis, names in only.items() if names})
        plan = Plan.of(resize(chosen, seeds, steps), registry, plugins, out, device, force, retry, whole, side)
        return run_plan(plan, how)


def list_names(names: str | Sequence[str]) -> list[str]:
    """Names as a list; one text holds them between commas, as on the command line."""
    return split_names(names) if isinstance(names, str) else list(names)


def run_plan(plan: Plan, how: RunOptions) -> RunOutcome:
    """Do what is planned, with progress on standard error, draw the pictures and write the report."""
    here, executor = how.local(plan), how.executor(plan)
    side, profiled = plan.jobs[0].side, list[str]()
    if side.profile:
        with here.as_worker():
            profiled += profile_tasks(plan)
    tracking = how.tracking(plan)
    with RunBar(len(plan.specs), words=how.words) as bar:

        def hear(summary: RunSummary) -> None:
            bar(summary)
            how.on_run(summary)
            if tracking:
                with here.as_worker():  # as the workers drew the samples
                    tracking(summary)

        outcome = execute(plan, executor, hear)
    with here.as_worker():
        keep_samples(plan, side.keep)
        draw(plan.jobs, plan.registry, plan.store, outcome.board, outcome.runs, outcome.leaderboard.parent)
        write_report(plan, outcome)
    notes = *profiled, *outcome.notes, *missing_players(plan), *(tracking.notes() if tracking else ())
    return replace(outcome, notes=notes)


def write_report(plan: Plan, outcome: RunOutcome) -> None:
    """`report.html` beside the leaderboard that was asked for; nothing where no run is there."""
    if outcome.runs:
        report = Report(outcome.board, outcome.runs, plan.store, plan.registry)
        report.write(outcome.leaderboard.with_name(FILE))


def check(path: str | Path) -> list[str]:
    """Hold every plug-in of a file, or of a folder, against its contract: a line each on what was tried.

    `assert gancheck.check("mine.py")` is the whole test of a plug-in. Raises BadPlugin, with the reason, at the first
    plug-in that does not keep its contract, and `gancheck.testing.NotTried` at one that nothing at hand could try.
    """
    place = Path(path)
    registry = Registry.load([place])
    return [kept_line(entry, registry) for entry in plugins_at(place)]
