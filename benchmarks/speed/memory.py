"""Peak memory of a whole `gancheck run`: the main process and its workers together.

The suite is `quick` with two recipes and few steps: memory is decided by the evaluation, which is the whole one.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

import psutil


def resident(root: psutil.Process) -> int:
    """Bytes held by a process and its children; shared pages count once per process: an upper bound."""
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def watched(root: psutil.Process) -> int:
    """The highest sum seen until the process ends, looked at ten times a second."""
    peak = 0
    while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
        peak = max(peak, resident(root))
        time.sleep(0.1)
    return peak


def measure(steps: int = 60) -> dict[str, float]:
    """Peak memory of the quick suite, cut short."""
    with tempfile.TemporaryDirectory() as folder:
        short = ["--only", "strategy=none,r1", "--steps", str(steps), "--out", folder]
        command = [sys.executable, "-m", "gancheck", "run", "quick", *short]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            peak = watched(psutil.Process(running.pid))
        if running.returncode:
            raise RuntimeError(f"gancheck run ended with {running.returncode}")
    return {"peak_gigabytes": round(peak / 1e9, 2), "steps": steps}
