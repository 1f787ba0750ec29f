"""Run the quick suite from nothing and keep its board and pictures: `python -m benchmarks.record`."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.machine import machine
from benchmarks.speed.memory import watched

KEPT = Path(__file__).parent / "results" / "quick"
COMMAND = ("gancheck", "run", "quick")


def main() -> None:
    """Measure wall clock and memory of the run, and copy what a reader wants to see."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [sys.executable, "-m", *COMMAND, "--out", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            peak = watched(psutil.Process(running.pid))
            output = running.stdout.read() if running.stdout else ""
        minutes = (time.perf_counter() - start) / 60
        print(output)
        keep(Path(folder), {"minutes": round(minutes, 1), "peak_gigabytes": round(peak / 1e9, 2)}, output)


def keep(folder: Path, measured: dict[str, float], output: str) -> None:
    """Tables, pictures, and the machine they were made on."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for path in [*folder.glob("*.csv"), *folder.glob("*.png")]:
        shutil.copyfile(path, KEPT / path.name)
    verdict = re.search(r"(\d+ of the \d+ pairs|No two of the) [^.]*told apart[^.]*\.", " ".join(output.split()))
    about = {
        "command": " ".join(COMMAND),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "verdict": verdict[0] if verdict else "",
        **measured,
        **machine(),
    }
    (KEPT / "machine.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
