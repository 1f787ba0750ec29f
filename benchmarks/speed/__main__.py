"""Measure everything, or the named parts, and write results.json beside this file.

python -m benchmarks.speed            # or: make speed
python -m benchmarks.speed training   # keeps the other parts as they are
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import machine
from benchmarks.speed import frechet, memory, metrics, startup, training
from benchmarks.usage import answer_help


def main(names: list[str]) -> None:
    """Run the parts, print and keep the figures."""
    parts: dict[str, Callable[[], object]] = {
        "startup": startup.measure,
        "training": training.measure,
        "frechet": frechet.measure,
        "metrics": metrics.measure,
        "memory": memory.measure,
    }
    path = Path(__file__).with_name("results.json")
    made: dict[str, object] = json.loads(path.read_text(encoding="utf-8")) if names else {}
    made |= {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "machine": machine()}
    for name in names or parts:
        print(f"measuring {name} ...", flush=True)
        made[name] = parts[name]()
        print(json.dumps(made[name], indent=2), flush=True)
    path.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    answer_help(__doc__)
    main(sys.argv[1:])
