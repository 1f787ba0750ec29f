"""The same runs, each a block of its own, by local workers and by as many of Ray on this machine, in turn."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.scaling.dummy import DummySuite
from gancheck.bench.cell import Job
from gancheck.bench.execution.base import Executor
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.execution.ray import RayExecutor

Figures = dict[str, float]


def compare_engines(workers: int, runs: int, work: float, repeats: int) -> dict[str, object]:
    """Medians of both engines; they take turns, as a machine has better and worse minutes."""
    engines: dict[str, Executor] = {"local": LocalExecutor(workers, 1), "ray": RayExecutor()}
    found: dict[str, list[Figures]] = {name: [] for name in engines}
    for _ in range(repeats):
        for name, executor in engines.items():
            found[name].append(time_engine(executor, DummySuite(runs + 2 * workers, work=work), 2 * workers))
    local, ray = (medians(found[name]) for name in engines)
    return {
        **{"workers": workers, "runs": runs, "work": work, "repeats": repeats},
        **{"local": local, "ray": ray},
        "efficiency": [round(one["seconds"] / other["seconds"], 3) for one, other in zip(*found.values(), strict=True)],
        "start_seconds": round(found["ray"][0]["seconds_to_first"], 1),  # later turns find workers
        "overhead_ms_per_block": round(1000 * (ray["seconds"] - local["seconds"]) * workers / runs, 1),
    }


def medians(found: Sequence[Figures]) -> Figures:
    """Of every figure."""
    return {name: round(median(one[name] for one in found), 2) for name in found[0]}


def time_engine(executor: Executor, suite: DummySuite, warm: int) -> Figures:
    """One turn, in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        plan = suite.plan(Path(name), "runs")
        plan.claim()
        return time_jobs(executor, plan.jobs, warm)


def time_jobs(executor: Executor, jobs: Sequence[Job], warm: int) -> Figures:
    """Seconds until the first job is done, and those that all but the first `warm` take, with this process's own."""
    start, marks = time.perf_counter(), list[tuple[float, float]]()
    for _ in executor.run(jobs):
        marks.append((time.perf_counter(), time.process_time()))
    times, busy = zip(*marks[warm - 1 :], strict=True)
    return {
        "seconds_to_first": marks[0][0] - start,
        "seconds": times[-1] - times[0],
        "driver_cpu_ms_per_block": 1000 * (busy[-1] - busy[0]) / (len(times) - 1),
    }
