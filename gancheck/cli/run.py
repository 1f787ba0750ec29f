"""`gancheck run`."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gancheck.api.run import RunOptions, run_plan
from gancheck.bench.alarm_rows import explain
from gancheck.bench.alarm_tables import most_frequent
from gancheck.bench.cell import Retry
from gancheck.bench.execution.engine import Engine, EngineName
from gancheck.bench.plan import Plan
from gancheck.bench.run import RunOutcome
from gancheck.bench.side_files import CHECKPOINT, SideFiles
from gancheck.bench.trackers.loader import load_tracker
from gancheck.cli.console import Output
from gancheck.cli.words import Quiet, Verbose, choose_words
from gancheck.errors import BadParameter
from gancheck.plugins.parameters import split_names
from gancheck.plugins.registry import Registry
from gancheck.report.html.report import FILE
from gancheck.report.html.server import LivePage, serving
from gancheck.report.text import breaking_points, training_states
from gancheck.report.text.caption import caption_of
from gancheck.report.text.leaderboard import terminal
from gancheck.report.text.plan import show
from gancheck.report.text.progress import Words
from gancheck.system.counts import say_count
from gancheck.system.data_folder import data_from

PORT = 8321
Several = Annotated[list[str] | None, Parameter(consume_multiple=False, negative="")]
Mark = Annotated[bool, Parameter(negative="")]


def run_command(
    suite: str,
    *,
    with_: Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")] = None,
    only: Several = None,
    seeds: int | None = None,
    steps: int | None = None,
    out: Path | None = None,
    jobs: int | None = None,
    threads: int | None = None,
    device: str = "auto",
    engine: EngineName = "local",
    address: str | None = None,
    gpu_share: float = 1.0,
    plan: Mark = False,
    force: Mark = False,
    retry: Retry | None = None,
    data_root: Path | None = None,
    checkpoint: float = CHECKPOINT,
    keep: str = "",
    profile: Mark = False,
    track: str | None = None,
    track_cached: Mark = False,
    serve: Mark = False,
    port: int | None = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Train, measure and rank a suite; what is done already is not done again.

    Parameters
    ----------
    suite
        A suite's name (gancheck list suites) or a .toml file.
    with_
        A plug-in file or folder; can be given several times.
    only
        strategy=a,b or dataset=a or gan=a: a part of the suite, or plug-ins that it does not name.
    seeds
        How many seeds; whole blocks are trained.
    steps
        Generator updates instead of the suite's; the board's suite_version then says so.
    out
        Results folder; runs/<suite> unless given.
    jobs
        Worker processes in all; one per core unless given, one per GPU on GPUs, over which they are spread.
    threads
        Threads of each worker; one on a CPU unless given, so that CPU time is the cost of training (beside a GPU, its
        share of the cores). For large networks try --jobs 1 --threads 4.
    device
        auto takes the GPUs where there are some. cpu, cuda (all of them) or cuda:1 (one of them).
    engine
        local: processes of this machine. ray: a cluster, or this machine, by Ray (extra ray); --jobs is then the number
        of blocks at once, and --threads the CPUs of each.
    address
        Of a Ray cluster, such as auto or HOST:6379; a Ray of this machine's own is started unless given.
    gpu_share
        How much of a GPU each block takes on Ray; 0.25 puts four on one.
    plan
        Only print the grid, what is there already, and an estimate.
    force
        Train again what the folder already holds.
    retry
        failed: try again the runs that failed or ran out of time, and only those; a metric that raised is measured
        again. Runs of changed code are always new ones.
    data_root
        Folder of downloaded data sets, such as cifar10; GANCHECK_DATA or gancheck's cache unless given.
    checkpoint
        Seconds of training after which the state of a block of seeds is written, and again, so that a run that was
        killed goes on from there; 0: never.
    keep
        samples,grids,players: the last evaluation's samples as .npy files, grids of images at every evaluation, all
        networks at the end of training. Samples and grids are drawn again for runs that are there already.
    profile
        First time some steps of every task, and print what they spend their time on.
    track
        tensorboard, or FILE.py:NAME for a tracker of your own: hears of every run when its block is done.
    track_cached
        Tell the tracker also of runs that were there before.
    serve
        Show the report at http://127.0.0.1:8321/ while the runs land, to this machine alone, and keep it there
        afterwards until Ctrl-C. report.html in the folder is the same without a server.
    port
        Of --serve, in place of 8321; 0 takes any that is free.
    """
    if port is not None and not serve:
        raise BadParameter("--port has no effect without --serve; leave it out, or add --serve")
    if serve and plan:
        raise BadParameter("--serve has no effect with --plan; take one of the two")
    if track_cached and not track:
        raise BadParameter("--track-cached has no effect without --track; name a tracker too")
    words, tracker = choose_words(quiet, verbose), load_tracker(track) if track else None
    how = RunOptions(jobs, threads, Engine(engine, address, gpu_share, apart=serve), words, tracker, track_cached)
    side = SideFiles(checkpoint, tuple(split_names(keep)) if keep else (), profile)
    with data_from(data_root):
        made = Plan.make(suite, with_ or (), only or (), seeds, steps, out, device, force, retry, side)
        if plan:
            show(made, how.executor(made), Output())
            return 0
        how.refuse(made)  # before anything is written
        if words != "quiet":
            say_place(made)
        if serve:
            return run_and_serve(made, how, PORT if port is None else port)
        outcome = run_plan(made, how)
    conclude(outcome, made.registry, words)
    return 1 if outcome.failed else 0


def run_and_serve(plan: Plan, how: RunOptions, port: int) -> int:
    """The same with the report on a page of this machine, which stays after the run until Ctrl-C."""
    page = LivePage(plan.store.folder, plan.registry)
    with serving(page, port) as address:
        print(f"gancheck: the report is at {address} and follows the run", file=sys.stderr)
        outcome = run_plan(plan, replace(how, on_run=lambda _: page.land()))
        if outcome.runs:
            page.end(outcome.leaderboard.with_name(FILE))
        conclude(outcome, plan.registry, how.words)
        sys.stdout.flush()
        print(f"gancheck: done; the report stays at {address} until Ctrl-C", file=sys.stderr)
        wait_for_interrupt()
    return 1 if outcome.failed else 0


def wait_for_interrupt() -> None:
    """Until Ctrl-C."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print(file=sys.stderr)


def say_place(plan: Plan) -> None:
    """Where results go, before any training; StoreError where they cannot."""
    plan.claim()
    kept = sum(map(plan.kept, plan.jobs))
    there = f"which has {kept} of {say_count(len(plan.specs), 'run')}" if kept else "--out names another folder"
    print(f"gancheck: results go to {plan.store.folder}, {there}", file=sys.stderr)


def conclude(outcome: RunOutcome, registry: Registry, words: Words) -> None:
    """The tables for people, then the one line for everybody."""
    if words != "quiet":
        show_board(outcome, registry)
    print(outcome)


def show_board(outcome: RunOutcome, registry: Registry) -> None:
    """The tables for people, and what they should know."""
    board, output = outcome.board, Output()
    rows = board.leaderboard()
    output.print(terminal(rows, f"{board.suite}, version {board.suite_version}", caption_of(board)))
    if board.climbs:
        readings = [(climb.strategy, climb.knob, climb.reading) for climb in board.climbs]
        names = dict.fromkeys([*(row["strategy"] for row in rows), *board.runs])  # a model's runs climb as "none"
        output.print(breaking_points.terminal(readings, list(names)))
    if states := board.states():
        output.print(training_states.terminal(states[:-1]))
        output.print(training_states.summary(states[-1]), soft_wrap=True)
        if found := most_frequent(board.results):
            output.print(training_states.advice(explain(found[0], registry), found[1]), soft_wrap=True)
    for note in outcome.notes:
        output.print(note, soft_wrap=True)
