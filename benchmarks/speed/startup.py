"""How long `gancheck --help` takes, as a whole process, beside a Python that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


def seconds(*command: str) -> float:
    """Wall-clock seconds of one process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(repeats: int = 15) -> dict[str, float]:
    """Medians; the first call, which compiles bytecode, is not counted."""
    commands = {"help": (sys.executable, "-m", "gancheck", "--help"), "python": (sys.executable, "-c", "pass")}
    for command in commands.values():
        seconds(*command)
    made = {n: [seconds(*c) for _ in range(repeats)] for n, c in commands.items()}
    return {f"{name}_seconds": round(statistics.median(values), 3) for name, values in made.items()}
