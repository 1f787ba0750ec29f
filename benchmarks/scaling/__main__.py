"""What a cluster costs, by Ray on this machine: `python -m benchmarks.scaling [efficiency | overhead | driver]`.

- efficiency: runs that hold a core for a second, by two workers of Ray and by two local ones;
- overhead: runs that do nothing, by the same: what is left is what Ray adds to a block;
- driver: 10,000 runs that do nothing, and what the process takes that hands them out.

Without a name, all of them, on a machine that does nothing else. Each renews its part of results.json beside this file;
`python -m benchmarks.readme` brings it into docs/scaling.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.scaling.driver import follow_driver
from benchmarks.scaling.engines import compare_engines
from gancheck.bench.execution.ray import import_ray
from gancheck.system.files import write_text

RESULTS = Path(__file__).parent / "results.json"
PARTS: dict[str, Callable[[int], dict[str, object]]] = {
    "efficiency": lambda workers: compare_engines(workers, runs=30 * workers, work=1.0, repeats=3),
    "overhead": lambda workers: compare_engines(workers, runs=400, work=0.0, repeats=3),
    "driver": lambda workers: follow_driver(workers, runs=10_000),
}


def main(arguments: list[str] | None = None) -> int:
    """Measure what is named, and write it."""
    how = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m benchmarks.scaling", description=__doc__, formatter_class=how)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all unless named")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--note", default="", help="what else the machine did meanwhile")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args(arguments)
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    for name in asked.parts or PARTS:
        keep(asked.results, name, {**measure(name, asked.workers), "note": asked.note})
    return 0


def measure(name: str, workers: int) -> dict[str, Any]:
    """One part, with a Ray of its own."""
    os.environ.setdefault("RAY_worker_niceness", "0")  # as local workers have it, where others want the cores too
    ray = import_ray()
    ray.init("local", num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    try:
        found = PARTS[name](workers)
    finally:
        ray.shutdown()
    command = f"python -m benchmarks.scaling {name}{f' --workers {workers}' if workers != 2 else ''}"
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return {"command": command, "date": today, "machine": {**machine(), "ray": ray.__version__}, **found}


def keep(results: Path, name: str, found: dict[str, Any]) -> None:
    """Renew one part of the file."""
    kept = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    write_text(results, json.dumps({**kept, name: found}, indent=2) + "\n")
    print(json.dumps({name: found}, indent=2))


if __name__ == "__main__":
    sys.exit(main())
