"""What the driver takes over many runs: time to plan, its own for a block, memory on the way, time for the board."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.scaling.dummy import DummySuite
from gancheck.bench.cell import RunSummary
from gancheck.bench.execution.ray import RayExecutor, import_ray
from gancheck.bench.run import execute

TASKS, BLOCK, LOOKS = 20, 5, 10


@contextmanager
def timed_waits() -> Iterator[list[float]]:
    """Seconds of every wait of the driver for its workers: in all other time they may wait for it."""
    ray, waits = import_ray(), list[float]()
    wait = ray.wait

    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return wait(*arguments, **options)
        finally:
            waits.append(time.perf_counter() - start)

    ray.wait = timed
    try:
        yield waits
    finally:
        ray.wait = wait


class Watch:
    """Hears of every run, and looks at this process every so many."""

    def __init__(self, every: int) -> None:
        self.process, self.every, self.heard = psutil.Process(), every, 0
        self.memory: dict[int, float] = {}  #: runs that were heard of -> MB
        self.begun = self.mark()
        self.ended = self.begun

    def mark(self) -> tuple[float, float]:
        """Now by the clock, and this process's CPU time."""
        return time.perf_counter(), time.process_time()

    def hear(self, _: RunSummary) -> None:
        """Of one run."""
        self.heard += 1
        self.ended = self.mark()
        if self.heard % self.every == 0:
            self.memory[self.heard] = round(self.process.memory_info().rss / 1e6, 1)


def follow_driver(workers: int, runs: int) -> dict[str, object]:
    """Run so many runs, in blocks as suites have them, and say what became of this process."""
    with tempfile.TemporaryDirectory() as name:
        start = time.perf_counter()
        plan = DummySuite(runs // TASKS, TASKS, BLOCK).plan(Path(name), "runs")
        planned, watch = time.perf_counter(), Watch(max(1, runs // LOOKS))
        with timed_waits() as waits:
            outcome = execute(plan, RayExecutor(), watch.hear)
        end, blocks = time.perf_counter(), len(plan.jobs)
    (begun, idle), (ended, busy) = watch.begun, watch.ended
    return {
        **{"workers": workers, "runs": runs, "done": outcome.counts["done"], "block": BLOCK, "tasks": TASKS},
        "seconds_to_plan": round(planned - start, 1),
        "seconds_of_runs": round(ended - begun, 1),
        "seconds_to_board": round(end - ended, 1),
        "driver_ms_per_block": round(1000 * (ended - begun - sum(waits)) / blocks, 2),
        "driver_cpu_ms_per_block": round(1000 * (busy - idle) / blocks, 2),
        "memory_mb": watch.memory,
    }
