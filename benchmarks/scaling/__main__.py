"""What Ray costs beside local workers: `python -m benchmarks.scaling [--runs 400] [--workers 2]`.

The same suite of many short runs, each a block of its own, by local workers and by tasks of Ray on this machine. A run
trains for `--work` seconds of CPU time in a loop of its own, so that what is left of the wall clock is the engine's.
Writes benchmarks/scaling/results.json.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks.machine import machine
from gancheck.bench.cell import Job
from gancheck.bench.execution.base import Executor
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.execution.ray import RayExecutor, import_ray
from gancheck.bench.plan import Plan
from gancheck.system.files import write_text

RESULTS = Path(__file__).parent / "results.json"
SUITE = """\
recipes = ["none"]
seeds = {runs}
block = 1
budget = {{ steps = 1, evaluations = 1 }}
evaluation = {{ samples = 100, metrics = ["modes", "quality"] }}
task = [{{ dataset = "ring(sigma=0.1)", gan = {{ name = "worker", work = {work} }} }}]
"""
GAN = """\
import time
from dataclasses import dataclass
from torch import nn
import gancheck as gc


@gc.gan("worker")
@dataclass(frozen=True)
class Worker(gc.Gan):
    work: float = 0.0  #: seconds of CPU time

    def build(self, data):
        return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    def train(self, session):
        for _ in session.steps():
            end = time.thread_time() + self.work
            while time.thread_time() < end:
                pass
"""


def prepare(place: Path, runs: int, work: float, out: str) -> Plan:
    """The plan of a suite of so many runs."""
    (place / "mine.toml").write_text(SUITE.format(runs=runs, work=work), encoding="utf-8")
    (place / "worker.py").write_text(GAN, encoding="utf-8")
    return Plan.make(place / "mine.toml", [place / "worker.py"], out=place / out, device="cpu")


def measure(executor: Executor, warm: Sequence[Job], jobs: Sequence[Job]) -> dict[str, float]:
    """Seconds that the jobs take once workers are there, and this process's CPU time and memory."""
    marks, process = list[tuple[float, float, int]](), psutil.Process()
    for _ in executor.run([*warm, *jobs]):
        marks.append((time.perf_counter(), time.process_time(), process.memory_info().rss))
    times, busy, sizes = zip(*marks[len(warm) - 1 :], strict=True)
    half = sizes[len(sizes) // 2]
    return {
        "seconds": round(times[-1] - times[0], 2),
        "driver_cpu_ms_per_run": round(1000 * (busy[-1] - busy[0]) / len(jobs), 2),
        "driver_mb_half_way": round(half / 1e6, 1),
        "driver_mb_end": round(sizes[-1] / 1e6, 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure both engines, and write what they took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--work", type=float, default=0.0, help="seconds of CPU time of each run")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args(arguments)
    warm, found = 2 * asked.workers, {}
    ray = import_ray()
    ray.init("local", num_cpus=asked.workers, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    with tempfile.TemporaryDirectory() as name:
        engines: dict[str, Executor] = {
            "local": LocalExecutor(asked.workers, 1),
            "ray": RayExecutor(),
        }
        for engine, executor in engines.items():
            plan = prepare(Path(name), asked.runs + warm, asked.work, engine)
            plan.store.claim(plan.suite.name, plan.suite.version)
            found[engine] = measure(executor, plan.jobs[:warm], plan.jobs[warm:])
    ray.shutdown()
    gap = found["ray"]["seconds"] - found["local"]["seconds"]
    summary = {
        **vars(asked) | {"results": ""},
        **found,
        "ray_efficiency": round(found["local"]["seconds"] / found["ray"]["seconds"], 3),
        "ray_overhead_ms_per_run": round(1000 * gap * asked.workers / asked.runs, 1),
        **machine(),
    }
    write_text(asked.results, json.dumps(summary, indent=2) + "\n")
    print(json.dumps(summary, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
