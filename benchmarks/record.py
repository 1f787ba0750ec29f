"""Run a suite from nothing and keep its board and pictures: `python -m benchmarks.record [SUITE=quick]`."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil

from benchmarks.machine import machine
from benchmarks.speed.memory import watched
from benchmarks.usage import answer_help

RESULTS = Path(__file__).parent / "results"


def main(suite: str = "quick") -> None:
    """Measure wall clock and memory of the run, and copy what a reader wants to see; the runs stay in runs/recorded."""
    folder = Path("runs") / "recorded" / suite
    shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    command = [sys.executable, "-m", "gancheck", "run", suite, "--out", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        peak = watched(psutil.Process(running.pid))
        output = running.stdout.read() if running.stdout else ""
    if running.returncode:
        sys.exit(f"gancheck run {suite} ended with {running.returncode}; what is committed stays as it is")
    minutes = (time.perf_counter() - start) / 60
    print(output)
    keep(suite, folder, {"minutes": round(minutes, 1), "peak_gigabytes": round(peak / 1e9, 2)}, output)


def keep(suite: str, folder: Path, measured: dict[str, float | str], output: str) -> None:
    """Tables, pictures, and the machine they were made on; what an earlier run left is removed."""
    kept = RESULTS / suite
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    pictures = [p for p in folder.glob("*.png") if suite != "ladder" or not p.name.startswith("samples-")]  # 28 tasks
    for path in [*folder.glob("*.csv"), *pictures]:
        shutil.copyfile(path, kept / path.name)
    verdict = re.search(r"(\d+ of the \d+ pairs|No two of the) [^.]*told apart[^.]*\.", " ".join(output.split()))
    sees = re.search(r"With [^.]* this board (tells apart|sees hardly)[^.]*\.", " ".join(output.split()))
    about = {
        "command": f"gancheck run {suite}",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "verdict": verdict[0] if verdict else "",
        "resolution": sees[0] if sees else "",
        **measured,
        **machine(),
    }
    (kept / "machine.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    answer_help(__doc__)
    main(*sys.argv[1:])
