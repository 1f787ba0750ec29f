"""How the cost of training grows with steps, seeds, width and modes, each alone: like a line at most.

    python -m benchmarks.speed.growth

CPU seconds of traced training on one thread, the least of three. `exponent` is the slope of their logarithm on that of
the size: 1 is a line through nothing, less is cheaper than that, 0 is no growth at all. Writes growth.json.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.machine import machine
from benchmarks.usage import refuse_arguments
from gancheck.gans.settings import Budget, Settings
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

STEPS = 200
POINTS: dict[str, tuple[int, ...]] = {
    "steps": (200, 400, 800, 1600),
    "seeds": (5, 10, 20, 40),
    "weights": (128, 256, 384, 512),  # by the width of both networks; weights grow with its square
    "modes": (8, 64, 512, 1024),
}


def seconds(steps: int = STEPS, seeds: int = 5, width: int = 64, modes: int = 8) -> float:
    """CPU seconds of so many steps."""
    registry = Registry.load()
    setup = TrainingSetup(
        registry.build("gan", "mlp", width=width),
        Recipe.parse("none", registry),
        registry.build("dataset", "ring", modes=modes, radius=modes / 4, sigma=0.01),
        Settings(batch=64),
        Budget(10_000, 1),
        tuple(range(seeds)),
        ExecutionPath("stacked", "traced"),
        torch.device("cpu"),
    )
    spent = []
    for _ in range(3):
        trainer = Trainer(setup)
        trainer.prepare()
        start = time.process_time()
        for _ in range(steps):
            trainer.step()
        spent.append(time.process_time() - start)
    return min(spent)


def measure() -> dict[str, Any]:
    """Seconds at every point, and how straight the line is."""
    found: dict[str, Any] = {}
    for what, points in POINTS.items():
        spent = [seconds(**{"width" if what == "weights" else what: point}) for point in points]
        sizes = [weights(point) if what == "weights" else point for point in points]
        seconds_found = [round(s, 3) for s in spent]
        found[what] = {"points": sizes, "seconds": seconds_found, "exponent": round(exponent(sizes, spent), 2)}
        print(what, found[what], flush=True)
    return found


def exponent(sizes: Sequence[float], spent: Sequence[float]) -> float:
    """Slope of log seconds on log size, by least squares."""
    slope: float = np.polyfit(np.log(sizes), np.log(spent), 1)[0]
    return slope


def weights(width: int) -> int:
    """Weights of both networks on points."""
    return (16 * width + width * width + 2 * width + 4 * width + 2) + (
        2 * width + width * width + width + 2 * width + 1
    )


def main() -> None:
    """Measure, and write growth.json beside this file."""
    torch.set_num_threads(1)
    when = datetime.datetime.now(datetime.UTC).date().isoformat()
    made = {"date": when, "machine": machine(), "steps": STEPS, "growth": measure()}
    Path(__file__).with_name("growth.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
