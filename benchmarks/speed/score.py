"""How long `gc.score` takes, and how much memory: this code and, in turn, that of an older checkout.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.speed.score /tmp/before

Every call is a process of its own with one thread. Seconds are CPU time, which a busy machine hardly changes, and
without imports, which are a row of their own; medians over the repeats. Results go to score.json beside this file.
"""

from __future__ import annotations

import datetime
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.usage import answer_help

ROOT = Path(__file__).parents[2]
CHILD = """
import json, resource, sys, time
import torch
torch.set_num_threads(1)
import numpy as np
import gancheck as gc
gc.score
case = json.loads(sys.argv[1])
source = np.random.default_rng(0)
def made():
    x = np.empty((case["n"], case["d"]), dtype=np.float32 if case["d"] > 100 else np.float64)
    for i in range(0, case["n"], 10_000):
        x[i : i + 10_000] = source.normal(size=x[i : i + 10_000].shape)
    return x
given = {name: made() for name in case["given"]}
if case["files"]:
    for name in list(given):
        np.save(f"{sys.argv[2]}/{name}.npy", given.pop(name))
        given[name] = f"{sys.argv[2]}/{name}.npy"
imported = time.process_time()
answer = gc.score(given.pop("samples"), **given, **case["options"])
print(json.dumps({
    "seconds": time.process_time() - imported,
    "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
    "verdict": answer.verdict,
}))
"""


@dataclass(frozen=True)
class Case:
    """One call."""

    name: str
    n: int
    d: int
    options: dict[str, Any]
    given: tuple[str, ...] = ("samples", "reference")
    old: dict[str, Any] | None = None  #: what the older code is asked for; None: it is not
    repeats: int = 3
    old_repeats: int = 1
    files: bool = False  #: whether the points are read from .npy files


NO: dict[str, Any] = {}
QUICK = {"quick": True}
TRAIN = ("samples", "reference", "train")
CASES = (
    Case("quick, 10,000 x 2", 10_000, 2, QUICK, old=NO),
    Case("training data, 10,000 x 3", 10_000, 3, NO, TRAIN, old=NO),
    Case("fld, 10,000 x 3", 10_000, 3, {"metrics": "fld"}, TRAIN, old={"metrics": "fld"}, repeats=1),
    Case("quick, 1,000,000 x 2", 1_000_000, 2, QUICK, old=NO),
    Case("quick, 50,000 x 2,048", 50_000, 2_048, QUICK, repeats=1, files=True),
)


def call(case: Case, checkout: Path, options: dict[str, Any], folder: str) -> dict[str, Any]:
    """One process."""
    asked = json.dumps({**asdict(case), "options": options})
    there = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", CHILD, asked, folder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=there, cwd=folder)
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made


def import_seconds(checkout: Path, code: str) -> float:
    """CPU seconds of a process that imports."""
    clock = "import time; {}; print(time.process_time())"
    there = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", clock.format(code)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=there, cwd="/")
    return float(done.stdout)


def imports(before: Path | None, repeats: int = 3) -> dict[str, float]:
    """Medians: torch alone, `gc.score` with it, and the same in the older code."""
    ways = {"torch": (ROOT, "import torch"), "score": (ROOT, "import gancheck; gancheck.score")}
    if before:
        ways["score before"] = (before, "import gancheck; gancheck.score")
    made: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            made[name].append(import_seconds(*way))
    return {name: round(statistics.median(seconds), 2) for name, seconds in made.items()}


def compare(case: Case, before: Path | None, folder: str) -> dict[str, Any]:
    """One case, this code and the older in turn."""
    now, then = [], []
    for turn in range(case.repeats):
        now.append(call(case, ROOT, case.options, folder))
        if before and case.old is not None and turn < case.old_repeats:
            then.append(call(case, before, case.old, folder))
    seconds = statistics.median(made["seconds"] for made in now)
    found: dict[str, Any] = {
        "seconds": round(seconds, 2),
        "gigabytes": round(max(made["gigabytes"] for made in now), 2),
        "verdict": now[0]["verdict"],
        "repeats": len(now),
    }
    if then:
        old = statistics.median(made["seconds"] for made in then)
        found |= {"before": round(old, 2), "ratio": round(old / seconds, 1)}
    return found


def measure(before: Path | None = None, names: tuple[str, ...] = ()) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every case, or the named ones, and the imports."""
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            if not names or case.name in names:
                yield case.name, compare(case, before, folder)
    if not names or "imports" in names:
        yield "imports", imports(before)


def main(arguments: list[str]) -> None:
    """Measure, and keep each figure as soon as it is there: the older checkout, then cases by name; others stay."""
    path = Path(__file__).with_name("score.json")
    made = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name, found in measure(Path(arguments[0]) if arguments else None, tuple(arguments[1:])):
        made |= {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "machine": machine(), name: found}
        path.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
        print(name, found, flush=True)


if __name__ == "__main__":
    answer_help(__doc__)
    main(sys.argv[1:])
