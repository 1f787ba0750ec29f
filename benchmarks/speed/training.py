"""Training speed per core: blocks of five seeds, against the loop that people write by hand.

Everything runs on one thread, as `gancheck run` does with one worker per core. A figure is seed-steps per second of CPU
time. All ways of a row take turns of a fraction of a second, so that a busy machine hits them alike; figures are
medians over the turns, and ratios are medians of the turns' ratios. Hand-written loops train one seed.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import interpolate

from benchmarks.speed.by_hand import LATENT, images_loop, points_loop
from gancheck.datasets.base import Batch, DataSpec
from gancheck.datasets.images.digits import Digits
from gancheck.gans.settings import Budget, Optimiser, Settings
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import Execution, ExecutionPath

SEEDS = 5
SHAPES = ((64, 128), (128, 64), (128, 256))  #: width x batch
RECIPES = ("none", "r1", "wgan-gp(critic_steps=1)", "pacgan", "minibatch-std", "unrolled")
IMAGES = ((8, 64, 16), (16, 64, 16), (32, 32, 16))  #: side, batch, width of dcgan
WAYS: tuple[Execution, ...] = ("traced", "compiled")
SLICE, TURNS = 0.25, 9  #: CPU seconds of a turn; turns

Step = Callable[[], object]


@dataclass(frozen=True)
class LargeDigits(Digits):
    """Digits, each pixel repeated: images of any side for a measurement of time."""

    side: int = 32

    @property
    def spec(self) -> DataSpec:
        return DataSpec((1, self.side, self.side), -1.0, 1.0)

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        batch = super().draw(count, generator)
        return batch._replace(x=interpolate(batch.x, size=self.side))


def engine(setup: TrainingSetup) -> tuple[Trainer, float]:
    """A block, ready to step, and the CPU seconds that took, those of the C++ compiler included."""
    start = cpu_seconds()
    made = Trainer(setup)
    made.prepare()
    return made, cpu_seconds() - start


def cpu_seconds() -> float:
    """CPU time of this process and of those that it has waited for."""
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def points_setup(recipe: str, width: int, batch: int, execution: Execution, seeds: int = SEEDS) -> TrainingSetup:
    """A block on the ring of eight modes."""
    registry = Registry.load()
    return TrainingSetup(
        registry.build("gan", "mlp", width=width, latent=LATENT),
        Recipe.parse(recipe, registry),
        registry.build("dataset", "ring8"),
        Settings(batch=batch, default=Optimiser(lr=1e-3)),
        Budget(10**6, 1),
        tuple(range(seeds)),
        ExecutionPath("stacked", execution),
        torch.device("cpu"),
    )


def images_setup(side: int, batch: int, width: int, execution: Execution) -> TrainingSetup:
    """A block of convolving GANs, untreated."""
    registry = Registry.load()
    return TrainingSetup(
        registry.build("gan", "dcgan", width=width),
        Recipe.parse("none", registry),
        LargeDigits(side=side),
        Settings(batch=batch, default=Optimiser(lr=1e-3)),
        Budget(10**6, 1),
        tuple(range(SEEDS)),
        ExecutionPath("looped", execution),
        torch.device("cpu"),
    )


def rate(step: Step, seeds: int) -> float:
    """Seed-steps per CPU second, over one turn."""
    steps, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SLICE:
        step()
        steps += 1
    return seeds * steps / spent


def compare(hand: dict[str, Step], engines: dict[str, Step]) -> dict[str, Any]:
    """Rates of all ways, and ratios of the engine's to the hand-written loops'."""
    ways = {name: (step, 1) for name, step in hand.items()} | {name: (step, SEEDS) for name, step in engines.items()}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(-1, TURNS):  # the first warms up
        for name in list(ways)[:: 1 if turn % 2 else -1]:
            found = rate(*ways[name])
            if turn >= 0:
                rates[name].append(found)
    row: dict[str, Any] = {name: round(statistics.median(values), 1) for name, values in rates.items()}
    for name in engines:
        for peer in hand:
            pairs = [a / b for a, b in zip(rates[name], rates[peer], strict=True)]
            row[f"{name} / {peer}"] = round(statistics.median(pairs), 2)
    return row


def measure_points(recipe: str, width: int, batch: int) -> dict[str, Any]:
    """One row of the table."""
    engines = {way: engine(points_setup(recipe, width, batch, way)) for way in WAYS}
    hand: dict[str, Step] = {
        name: points_loop(recipe, width, batch, careful=name == "careful").step for name in ("by hand", "careful")
    }
    row = compare(hand, {way: made.step for way, (made, _) in engines.items()})
    share = row["compiled"] * flops(width, batch) / 1e9 / peak() if recipe == "none" else None
    return row | {"share of sgemm peak": share and round(share, 3)}


def measure_images(side: int, batch: int, width: int) -> dict[str, Any]:
    """One row of the table, of convolving GANs."""
    engines = {way: engine(images_setup(side, batch, width, way)) for way in WAYS}
    data, source = LargeDigits(side=side), torch.Generator().manual_seed(0)
    hand: dict[str, Step] = {}
    for name in ("by hand", "careful"):
        torch.manual_seed(0)
        players = Registry.load().build("gan", "dcgan", width=width).build(data.spec)
        hand[name] = images_loop(players, lambda rows: data.draw(rows, source).x, batch, name == "careful").step
    return compare(hand, {way: made.step for way, (made, _) in engines.items()})


def peak() -> float:
    """Single-precision matrix product on this thread: Gflop/s, the best of several."""
    a = torch.randn(1024, 1024)
    best = 0.0
    for _ in range(20):
        start = time.process_time()
        a @ a
        best = max(best, 2 * 1024**3 / (time.process_time() - start) / 1e9)
    return best


def flops(width: int, batch: int) -> float:
    """Floating-point operations of one plain step: matrix products of forward and backward passes."""
    g = LATENT * width + width * width + width * 2
    d = 2 * width + width * width + width
    discriminator = g + 2 * d + 2 * 2 * d - 2 * 2 * width  # G forward, D forward and backward on both batches
    generator = g + d + 2 * g - LATENT * width + d  # through D to G; D's own weights need no gradient
    return 2.0 * batch * (discriminator + generator)


def start_up(recipe: str, execution: Execution, cache: str) -> dict[str, float]:
    """CPU seconds until a block is ready to step, and peak memory after some steps, in a fresh process."""
    program = (
        "import json, resource, torch; torch.set_num_threads(1); from benchmarks.speed import training as t; "
        f"made, seconds = t.engine(t.points_setup({recipe!r}, 64, 128, {execution!r})); "
        "[made.step() for _ in range(200)]; "
        "print(json.dumps({'cpu_seconds': round(seconds, 1), "
        "'peak_megabytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000}))"
    )
    environment = {**os.environ, "TORCHINDUCTOR_CACHE_DIR": cache, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_start_up() -> dict[str, Any]:
    """Time to be ready and peak memory: traced, compiled for the first time (with and without the precompiled headers
    that `make setup` leaves), and compiled once before."""
    with tempfile.TemporaryDirectory() as cache:
        found = {"traced": start_up("none", "traced", cache)}
        start_up("r1", "compiled", cache)  # leaves the headers
        found |= {name: start_up("none", "compiled", cache) for name in ("compiled", "compiled, cached")}
        return found | {"unrolled, compiled": start_up("unrolled", "compiled", cache)}


def measure(*only: str) -> dict[str, Any]:
    """All rows, printed as they come."""
    torch.set_num_threads(1)
    made: dict[str, Any] = {"seeds": SEEDS, "start-up at 64x128": measure_start_up(), "rows": {}}
    for width, batch in SHAPES:
        for recipe in RECIPES:
            label = f"{recipe} {width}x{batch}"
            made["rows"][label] = measure_points(recipe, width, batch)
            print(label, made["rows"][label], flush=True)
    for side, batch, width in IMAGES:
        label = f"dcgan {side}x{side}, batch {batch}"
        made["rows"][label] = measure_images(side, batch, width)
        print(label, made["rows"][label], flush=True)
    return made
