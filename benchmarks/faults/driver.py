"""A `gancheck run` of a tiny suite in a process that can be hit, and what its folder holds afterwards.

The process that starts drivers only imports: it never computes with torch or polars, whose threads would not survive a
fork, so that drivers need not import them again.
"""

from __future__ import annotations

import csv
import importlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

import gancheck.api.run
from gancheck.bench.store import Store, read_run_file
from gancheck.cli.main import main
from gancheck.errors import StoreError
from gancheck.plugins.kinds import KINDS
from gancheck.plugins.registry import Registry

HERE = Path(__file__).parent
#: Checkpoints are written every hundredth of a second, so that the block of seeds has some.
SUITE = (str(HERE / "tiny.toml"), "--with", str(HERE / "own.py"), "--checkpoint", "0.01", "--device", "cpu")

#: What depends on the clock or the machine, of an outcome and of a row of the leaderboard.
CLOCKS = ("seconds", "cpu_seconds", "evaluation_seconds", "seconds_per_1000", "sampling_seconds",
          "sampling_seconds_per_1000", "peak_memory", "threads", "rows", "cost_ratio", "date")  # fmt: skip
SLOW_IMPORTS = ("torch._dynamo", "torch.fx.experimental.proxy_tensor", "gancheck.cli.run", "gancheck.training.trainer")
LONGEST = 300.0  #: seconds that a driver may take before it counts as hung


class BadEnd(Exception):
    """A driver that crashed or never ended, or a worker that outlived it."""


def nothing() -> None:
    """What happens to an undisturbed run."""


def import_everything() -> None:
    """What drivers use, once."""
    for module in SLOW_IMPORTS:
        importlib.import_module(module)
    registry = Registry.load()
    for kind in KINDS:
        registry.table(kind)


def start(folder: Path, jobs: int = 1, before: Callable[[], None] = nothing) -> BaseProcess:
    """Fork a driver; `before` is called in it first. It draws no pictures and writes no report."""

    def prepare() -> None:
        for name in ("draw", "write_report"):
            setattr(gancheck.api.run, name, lambda *_: None)
        before()

    return start_whole(folder, jobs, prepare)


def start_whole(folder: Path, jobs: int = 1, before: Callable[[], None] = nothing) -> BaseProcess:
    """The same with pictures and report."""
    process: BaseProcess = multiprocessing.get_context("fork").Process(target=drive, args=(folder, jobs, before))
    process.start()
    return process


def drive(folder: Path, jobs: int, before: Callable[[], None]) -> None:
    """The driver's life: as from a shell, in a session of its own, with nothing to read."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    before()
    sys.exit(main(["run", *SUITE, "--out", str(folder), "--jobs", str(jobs)]))


def wait(driver: BaseProcess) -> int:
    """The exit status; a negative one is a signal. BadEnd where there is none."""
    driver.join(LONGEST)
    if driver.exitcode is None:
        driver.kill()
        raise BadEnd(f"the driver did not end within {LONGEST:.0f} s")
    return driver.exitcode


def finish(folder: Path, jobs: int = 1) -> float:
    """Run to the end, and nothing happens; the seconds that it took."""
    begin = time.monotonic()
    if status := wait(start(folder, jobs)):
        raise BadEnd(f"an undisturbed run of {folder} ended with {status}")
    return time.monotonic() - begin


def workers(driver: BaseProcess) -> list[psutil.Process]:
    """The worker processes of a driver that are there, those that still import among them."""
    try:
        family = psutil.Process(driver.pid).children(recursive=True)
        return [child for child in family if "spawn_main" in " ".join(child.cmdline()) or leads_group(child.pid)]
    except (psutil.Error, ProcessLookupError):
        return []


def leads_group(process: int) -> bool:
    """Whether a process leads a group of its own, as workers do that are forked of a server."""
    return os.getpgid(process) == process


def await_ends(processes: Sequence[psutil.Process]) -> None:
    """Wait until workers are gone, which follow a driver that was killed. BadEnd where they do not."""
    if left := psutil.wait_procs(processes, timeout=LONGEST)[1]:
        raise BadEnd(f"{len(left)} workers outlived their driver by {LONGEST:.0f} s")


def committed(folder: Path) -> set[str]:
    """The ids of the runs that are there."""
    return {path.stem for path in folder.glob("*.jsonl")}


def lasting(folder: Path) -> Any:
    """Everything of the runs that were asked for and of the board that must not depend on when and how often they were
    made; and what is left half-written. None before all of it is there and whole."""
    store, board = Store(folder), folder / "leaderboard.csv"
    try:
        runs = {run_id: read_run_file(store.path(run_id)) for run_id in store.named("asked")}
        rows = list(csv.DictReader(board.read_text(encoding="utf-8").splitlines()))
    except (StoreError, OSError):
        return None
    numbers = {run_id: (run.rows, without_clocks(run.outcome)) for run_id, run in runs.items()}
    return numbers, [without_clocks(row) for row in rows], sorted(path.name for path in folder.rglob("*.part"))


def without_clocks(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what depends on the clock or the machine."""
    return {key: value for key, value in row.items() if key not in CLOCKS}
