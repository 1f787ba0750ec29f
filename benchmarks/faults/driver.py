"""A `gancheck run` of a tiny suite in a process that can be hit, and what its folder holds afterwards."""

from __future__ import annotations

import csv
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from gancheck.bench.store import Store
from gancheck.cli.main import main

#: Four runs in two cells, traced, a few seconds in all.
SUITE = ("smoke", "--only", "dataset=ring", "--only", "strategy=none,r1", "--steps", "40")

#: What depends on the clock or the machine, of an outcome and of a row of the leaderboard.
CLOCKS = ("seconds", "cpu_seconds", "evaluation_seconds", "seconds_per_1000", "sampling_seconds",
          "sampling_seconds_per_1000", "peak_memory", "threads", "rows", "cost_ratio", "date")  # fmt: skip


def nothing() -> None:
    """What happens to an undisturbed run."""


def start(folder: Path, jobs: int = 1, before: Callable[[], None] = nothing) -> BaseProcess:
    """Fork a driver, which needs no second import of torch; `before` is called in it first."""
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
    sys.exit(main(["run", *SUITE, "--out", str(folder), "--jobs", str(jobs), "--device", "cpu"]))


def finish(folder: Path, jobs: int = 1) -> int:
    """Run to the end, and nothing happens; the exit status."""
    process = start(folder, jobs)
    process.join()
    return process.exitcode or 0


def committed(folder: Path) -> set[str]:
    """The ids of the runs that are there."""
    return {path.stem for path in folder.glob("*.jsonl")}


def lasting(folder: Path) -> Any:
    """Everything of the runs and of the board that must not depend on when and how often they were made."""
    runs = {
        run.spec.run_id: (run.rows, {k: v for k, v in run.outcome.items() if k not in CLOCKS})
        for run in Store(folder).runs()
    }
    with (folder / "leaderboard.csv").open(encoding="utf-8") as file:
        board = [{k: v for k, v in row.items() if k not in CLOCKS} for row in csv.DictReader(file)]
    return runs, board, sorted(path.name for path in folder.rglob("*.part"))
