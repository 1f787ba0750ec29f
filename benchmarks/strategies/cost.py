"""What every built-in strategy costs beside the untreated GAN: `python -m benchmarks.strategies.cost [NAME...]`.

Measured on the ring of eight modes (digits for strategies that take images only), networks of width 64, batch 64, five
seeds side by side on one thread, traced. CPU time of a strategy and of the untreated GAN is taken in turns of a
fraction of a second, so that a busy machine hits both alike; the figure is the median of the turns' ratios. Network
evaluations are forward passes of a batch through any player, counted in one step of one seed: 5 for the untreated GAN,
the generator once a turn, the discriminator on real and on generated samples, and on generated ones again. Passes
backward are in the seconds only. For sampling, they are answers of networks per sample, where 10,000 are drawn. Figures
are written to gancheck/strategies/costs.json, which `gancheck list strategies` shows.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

import gancheck
from benchmarks.machine import machine
from benchmarks.usage import answer_help
from gancheck.gans.settings import Budget, Optimiser, Settings
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import Execution, ExecutionPath

COSTS = Path(gancheck.__file__).parent / "strategies" / "costs.json"
BATCH, WIDTH, SEEDS, STEPS = 64, 64, 5, 20_000
SLICE, TURNS = 0.1, 7  #: CPU seconds of a turn; turns
SAMPLES = 10_000


def make_setup(name: str, registry: Registry, execution: Execution = "traced", seeds: int = SEEDS) -> TrainingSetup:
    """A block of a strategy, on points where it takes them."""
    recipe = Recipe.parse(name, registry)
    gan, data = registry.build("gan", "mlp", width=WIDTH), registry.build("dataset", "ring8")
    if any(strategy.supports(gan, data.spec) for strategy in recipe.strategies):
        data = registry.build("dataset", "digits")
    settings = Settings(batch=BATCH, default=Optimiser(lr=2e-3))
    path = ExecutionPath("stacked", execution)
    return TrainingSetup(gan, recipe, data, settings, Budget(STEPS, 1), tuple(range(seeds)), path, torch.device("cpu"))


def prepared(setup: TrainingSetup) -> Trainer:
    """A trainer that is ready to step."""
    made = Trainer(setup)
    made.prepare()
    return made


def count_evaluations(setup: TrainingSetup) -> float:
    """Batches that go forward through any player in one step of one seed."""
    trainer, rows = prepared(setup), Counter[str]()
    trainer.step()
    for name, module in trainer.replicas.players.modules.items():
        module.register_forward_hook(lambda _, given, __, name=name: rows.update({name: len(given[0])}))
    trainer.step()
    return rows.total() / BATCH


def count_sampling(setup: TrainingSetup) -> float:
    """Networks' answers that a sample takes."""
    trainer = prepared(setup)
    trainer.step()
    sampler = trainer.recipe.sampler(trainer.sampler)
    sampler.draw(trainer.snapshots()[0], SAMPLES, generator("cpu", "cost"))
    return sampler.evaluations.total() / SAMPLES


def spend(step: Callable[[], object]) -> float:
    """CPU seconds of a step, over one turn."""
    steps, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SLICE:
        step()
        steps += 1
    return spent / steps


def compare(one: Callable[[], object], other: Callable[[], object]) -> float:
    """CPU time of one over that of the other."""
    ratios = []
    for turn in range(-1, TURNS):  # the first warms up
        pair = [spend(step) for step in ((one, other) if turn % 2 else (other, one))]
        ratios.append(pair[0] / pair[1] if turn % 2 else pair[1] / pair[0])
    return statistics.median(ratios[1:])


def measure(name: str, registry: Registry, untreated: dict[bool, Trainer]) -> dict[str, float]:
    """What one strategy costs; `untreated` holds the GAN that it is compared with, on points and on images."""
    setup = make_setup(name, registry)
    images = setup.dataset.spec.is_image
    if images not in untreated:
        untreated[images] = prepared(replace(setup, recipe=Recipe.parse("none", registry)))
    seconds = compare(prepared(setup).step, untreated[images].step)
    alone = make_setup(name, registry, "eager", seeds=1)
    counts = {"evaluations": count_evaluations(alone), "sampling": count_sampling(alone)}
    return {"seconds": round(seconds, 2), **{key: round(value, 2) for key, value in counts.items()}}


def main(*names: str) -> None:
    """Measure all strategies, or those named, and write what is known of all."""
    torch.set_num_threads(1)
    registry = Registry.load()
    found: dict[str, Any] = json.loads(COSTS.read_text())["strategies"] if names and COSTS.exists() else {}
    untreated: dict[bool, Trainer] = {}
    for name in names or registry.names("strategy"):
        found[name] = measure(name, registry, untreated)
        print(name, found[name], flush=True)
    about = {"command": "python -m benchmarks.strategies.cost", **machine()}
    COSTS.write_text(json.dumps({"about": about, "strategies": dict(sorted(found.items()))}, indent=2) + "\n")


if __name__ == "__main__":
    answer_help(__doc__)
    main(*sys.argv[1:])
