"""Measure everything and write results.json beside this file."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.speed import frechet, memory, metrics, startup, training


def main() -> None:
    """Run every part, print and keep the figures."""
    parts: dict[str, Callable[[], object]] = {
        "startup": startup.measure,
        "training": training.measure,
        "frechet": frechet.measure,
        "metrics": metrics.measure,
        "memory": memory.measure,
    }
    made: dict[str, object] = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "machine": machine()}
    for name, measure in parts.items():
        print(f"measuring {name} ...", flush=True)
        made[name] = measure()
        print(json.dumps(made[name], indent=2), flush=True)
    Path(__file__).with_name("results.json").write_text(json.dumps(made, indent=2) + "\n")


if __name__ == "__main__":
    main()
