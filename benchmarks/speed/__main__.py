"""Measure everything and write results.json beside this file."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path

import numpy
import scipy
import torch

from benchmarks.speed import frechet, memory, startup, training


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    cpu = next((x.split(":")[1].strip() for x in cpu_lines() if x.startswith("model name")), platform.processor())
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__}
    return {"cpu": cpu, "cores": os.cpu_count(), **versions, "scipy": scipy.__version__}


def cpu_lines() -> list[str]:
    """The kernel's description of the processor, where there is one."""
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def main() -> None:
    """Run every part, print and keep the figures."""
    parts: dict[str, Callable[[], object]] = {
        "startup": startup.measure,
        "training": training.measure,
        "frechet": frechet.measure,
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
