"""How the cost of training grows: with steps, seeds, width and modes, each alone. All should be straight lines.

    python -m benchmarks.speed.growth

CPU seconds of traced training on one thread, the least of three; what is fitted is seconds = a + b x, and `curvature`
is how far the last point lies from the line through the first two, as a share of it. Writes growth.json.
"""

from __future__ import annotations

import datetime
import json
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.machine import machine
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
        slope = (spent[1] - spent[0]) / (sizes[1] - sizes[0])
        straight = spent[0] + slope * (sizes[-1] - sizes[0])
        found[what] = {
            "points": sizes,
            "seconds": [round(s, 3) for s in spent],
            "curvature": round(spent[-1] / straight - 1, 2) if straight > 0 else None,
        }
        print(what, found[what], flush=True)
    return found


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
    main()
