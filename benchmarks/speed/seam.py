"""What a step costs beside the same step of an older checkout: hooks that a recipe does not use must cost nothing.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.speed.seam /tmp/before

Both checkouts run side by side, one thread each, and take turns of 40 steps, so that a busy machine hits both
alike. Two processes of one checkout differ by some percent for as long as they live, so each ratio is the median over
several pairs of fresh processes, and all of them are written down. Seconds are CPU time. Results go to seam.json.
"""

from __future__ import annotations

import datetime
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.usage import answer_help

ROOT = Path(__file__).parents[2]
RECIPES = ("none", "r1", "wgan-gp", "pacgan+minibatch-std", "spectral-norm+ema", "unrolled(k=1)", "instance-noise")
STEPS, TURNS, PAIRS = 40, 9, 10
CHILD = """
import sys, time
import torch
torch.set_num_threads(1)
import gancheck as gc
from gancheck.strategies.recipe import Recipe
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath
registry = gc.Registry.load()
gan, data = registry.build("gan", "mlp"), registry.build("dataset", "ring8")
def trainer(text):
    budget, settings = gc.Budget(10**6, 1), gc.Settings(batch=128)
    recipe = Recipe.parse(text, registry)
    path = ExecutionPath("stacked", "traced")
    made = Trainer(TrainingSetup(gan, recipe, data, settings, budget, (0, 1, 2, 3, 4), path, torch.device("cpu")))
    made.prepare()
    return made
trainers = {}
for line in sys.stdin:
    steps, _, text = line.strip().partition(" ")
    if text not in trainers:
        trainers[text] = trainer(text)
    start = time.process_time()
    for _ in range(int(steps)):
        trainers[text].step()
    print(time.process_time() - start, flush=True)
"""


class Stepper:
    """A process that trains with the code of one checkout, a few steps at a time."""

    def __init__(self, checkout: Path) -> None:
        there = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", CHILD]
        self.process = subprocess.Popen(command, stdin=-1, stdout=-1, text=True, env=there, cwd="/")

    def seconds(self, recipe: str, steps: int) -> float:
        """CPU seconds of so many steps."""
        assert self.process.stdin
        assert self.process.stdout
        print(steps, recipe, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def compare(now: Stepper, then: Stepper, recipe: str) -> tuple[float, float]:
    """Median CPU seconds of 40 steps with this code and with the older one, after two turns to warm up."""
    pairs = []
    for turn in range(-2, TURNS):
        order = (now, then) if turn % 2 else (then, now)
        spent = {stepper: stepper.seconds(recipe, STEPS) for stepper in order}
        pairs += [(spent[now], spent[then])] if turn >= 0 else []
    new, old = zip(*pairs, strict=True)
    return statistics.median(new), statistics.median(old)


def measure(before: Path, recipes: tuple[str, ...] = RECIPES) -> dict[str, Any]:
    """Milliseconds of a step of five seeds, and the ratio of the older code's to this one's: above 1 is faster now."""
    found: dict[str, list[tuple[float, float]]] = {recipe: [] for recipe in recipes}
    for pair in range(PAIRS):
        steppers = [Stepper(folder) for folder in ((ROOT, before) if pair % 2 else (before, ROOT))]
        now, then = steppers if pair % 2 else steppers[::-1]
        for recipe in recipes:
            found[recipe].append(compare(now, then, recipe))
        for stepper in steppers:
            stepper.process.kill()
        print(pair + 1, {name: summary(spent) for name, spent in found.items()}, flush=True)
    return {name: summary(spent) for name, spent in found.items()}


def summary(spent: list[tuple[float, float]]) -> dict[str, Any]:
    """Of the pairs of processes: milliseconds of a step now, the median ratio, and every ratio in order."""
    ratios = sorted(round(old / new, 3) for new, old in spent)
    ms = 1000 * statistics.median(new for new, _ in spent) / STEPS
    return {"ms": round(ms, 3), "ratio": round(statistics.median(ratios), 3), "ratios": ratios}


def main(arguments: list[str]) -> None:
    """Measure, and write seam.json beside this file."""
    path = Path(__file__).with_name("seam.json")
    when = datetime.datetime.now(datetime.UTC).date().isoformat()
    made = {"date": when, "machine": machine(), "steps": measure(Path(arguments[0]), tuple(arguments[1:]) or RECIPES)}
    path.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    answer_help(__doc__)
    main(sys.argv[1:])
