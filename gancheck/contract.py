"""The plug-in contract: what `gancheck check` tries on every plug-in of a file before any long run.

Each check is a function that returns nothing or raises with the reason; the test-suite runs the same checks over every
built-in plug-in.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from gancheck.cast import seeded_players
from gancheck.catalogue import Catalogue, Entry
from gancheck.datasets.base import HIGH_QUALITY_MASS, Dataset
from gancheck.detectors.base import Detector, watch
from gancheck.engine import Engine
from gancheck.errors import BadPlugin, GancheckError
from gancheck.evaluation import Evaluator
from gancheck.gans import Gan
from gancheck.lesson import Lesson
from gancheck.recipe import Recipe
from gancheck.replicas import Path
from gancheck.session import train_alone
from gancheck.settings import Budget, Settings
from gancheck.strategies.base import Strategy
from gancheck.streams import generator

STEPS = 6
SAMPLES = 512
CPU = torch.device("cpu")
TOGETHER = Path()


def check(entry: Entry, catalogue: Catalogue) -> list[str]:
    """Hold one plug-in against its contract; notes for its author, or BadPlugin with the reason."""
    what = f"{entry.card.kind} '{entry.card.name}'"
    try:
        return CHECKS[entry.card.kind](entry, catalogue)
    except GancheckError as error:
        text = str(error)
        raise BadPlugin(text if what in text else f"{what}: {text}") from error
    except Exception as error:
        raise BadPlugin(f"{what}: {type(error).__name__}: {error}") from error


def lesson(gan: Gan, recipe: Recipe, dataset: Dataset, way: Path = TOGETHER) -> Lesson:
    """A few steps for two seeds."""
    return Lesson(gan, recipe, dataset, Settings(batch=16), Budget(STEPS, 1), (0, 1), way, CPU)


def check_gan(entry: Entry, catalogue: Catalogue) -> list[str]:
    """It builds for points or for images, trains a few steps, and its replicas differ by seed."""
    gan = entry.build()
    require(isinstance(gan, Gan), "must derive from gancheck.Gan")
    notes = [note for name in ("ring8", "digits") if (note := tried(gan, catalogue, name))]
    require(any("trains" in note for note in notes), "; ".join(notes))
    return notes


def tried(gan: Gan, catalogue: Catalogue, name: str) -> str:
    """Whether a GAN trains on one dataset, in words; only refusing to build for its shape is allowed."""
    dataset: Dataset = catalogue.build("dataset", name)
    try:
        gan.build(dataset.spec)
    except (ValueError, GancheckError) as error:
        return f"does not take {name}: {error}"
    first, second = (seeded_players(gan, dataset.spec, seed, CPU).generator.state_dict() for seed in (0, 1))
    differ = any(not tensor.equal(second[n]) for n, tensor in first.items())
    require(differ, "two seeds start with the same generator: initialise weights from torch's global generator")
    records = trained(lesson(gan, Recipe.parse("none", catalogue), dataset))
    return f"trains on {name} ({records[0].path})"


def trained(work: Lesson) -> list[Any]:
    """A few steps; what fails there is raised."""
    records = train_alone(work) if work.gan.own_loop else Engine(work).train()
    if failed := next((r for r in records if r.status != "done"), None):
        raise BadPlugin(f"training is {failed.status}: {failed.reason}")
    return records


def check_strategy(entry: Entry, catalogue: Catalogue) -> list[str]:
    """It trains alone and beside R1, and seeds trained together are what they are one by one."""
    require(isinstance(entry.build(), Strategy), "must derive from gancheck.Strategy")
    gan, dataset = catalogue.build("gan", "mlp", width=16), catalogue.build("dataset", "ring8")
    recipe = Recipe.parse(entry.card.name, catalogue)
    if reason := recipe.supports(gan, dataset.spec):
        return [f"skipped on mlp: {reason}"]
    ways = [trained(lesson(gan, recipe, dataset, way)) for way in (TOGETHER, Path("looped", "eager"))]
    for together, alone in zip(*ways, strict=True):
        for name, signal in together.trace.items():  # losses, gradients, logits; weights hardly move in so few steps
            close = torch.allclose(signal, alone.trace[name], rtol=1e-3, atol=1e-4, equal_nan=True)
            require(close, f"seeds trained together differ from one by one in {name}")
    notes = [f"trains ({ways[0][0].path})"]
    if entry.card.name != "r1":
        trained(lesson(gan, Recipe.parse(f"{entry.card.name}+r1", catalogue), dataset, Path("stacked", "eager")))
        notes.append("composes with r1")
    return notes


def check_dataset(entry: Entry, catalogue: Catalogue) -> list[str]:
    """Shapes, ranges and weights hold; draws follow the generator; held-out data is of high quality."""
    dataset = entry.build()
    require(isinstance(dataset, Dataset), "must derive from gancheck.Dataset")
    batch, again = (dataset.draw(SAMPLES, generator(CPU, "contract")) for _ in range(2))
    require(batch.x.equal(again.x), "draw() must take its randomness from the generator it is given")
    require(
        batch.x.shape == (SAMPLES, *dataset.spec.shape),
        f"draw() gave {tuple(batch.x.shape)}, spec says {dataset.spec.shape}",
    )
    require(batch.x.dtype == torch.float32, f"draw() gave {batch.x.dtype}; samples are float32")
    require(
        bool((batch.x >= dataset.spec.low).all() and (batch.x <= dataset.spec.high).all()),
        "samples leave the spec's range",
    )
    require(math.isclose(float(dataset.weights.sum()), 1, abs_tol=1e-6), "weights must sum to 1")
    real = dataset.assign(dataset.features(dataset.pool("real", 2000, generator(CPU, "contract"))))
    good = float(real.good.double().mean())
    require(
        good > HIGH_QUALITY_MASS - 0.05, f"only {good:.1%} of held-out data is of high quality; the rule says 98.9 %"
    )
    return [f"{len(dataset.weights)} modes, {good:.1%} of held-out data of high quality"]


def check_metric(entry: Entry, catalogue: Catalogue) -> list[str]:
    """It gives one number inside its range, the same twice, for real data and for collapsed samples."""
    dataset: Dataset = catalogue.build("dataset", "ring8")
    evaluator = Evaluator.of(catalogue, dataset, [entry.card.name], SAMPLES, CPU)
    real = dataset.pool("real", SAMPLES, generator(CPU, "contract"))
    notes = []
    for name, samples in (("real data", real), ("one point", real[:1].repeat(SAMPLES, 1))):
        values = [evaluator.rows(samples, 1, last=True)[0]["value"] for _ in range(2)]
        require(
            values[0] == values[1], "gave two values for the same samples; draw random numbers from a fixed generator"
        )
        require(inside(values[0], entry), f"gave {values[0]}, outside its range")
        notes.append(f"{name}: {'not defined' if values[0] is None else format(values[0], '.3g')}")
    return notes


def inside(value: float | None, entry: Entry) -> bool:
    """Whether a value lies in the declared range; rounding is forgiven."""
    low, high = entry.card.facts["low"], entry.card.facts["high"]
    return value is None or ((low is None or value >= low - 1e-6) and (high is None or value <= high + 1e-6))


def check_detector(entry: Entry, catalogue: Catalogue) -> list[str]:
    """It is silent on steady, noisy signals, survives NaN, and starts afresh."""
    made = entry.build()
    require(isinstance(made, Detector), "must derive from gancheck.Detector")
    source = torch.Generator().manual_seed(0)
    needs = tuple(entry.card.facts["needs"])
    trace = {name: (1 + 0.2 * torch.randn(400, generator=source)).tolist() for name in needs}
    alarms = [watch({entry.card.name: made}, trace) for _ in range(2)]
    require(not alarms[0], f"raises on steady noise at step {alarms[0][0].step if alarms[0] else 0}")
    require(alarms[0] == alarms[1], "remembers an earlier run: forget everything in start()")
    for bad in (math.nan, math.inf):
        watch({entry.card.name: made}, {name: [bad] * 20 for name in needs})
    return ["silent on steady noise"]


def require(holds: bool, otherwise: str) -> None:
    """Raise the reason unless it holds."""
    if not holds:
        raise BadPlugin(otherwise)


CHECKS: dict[str, Callable[[Entry, Catalogue], list[str]]] = {
    "gan": check_gan,
    "strategy": check_strategy,
    "dataset": check_dataset,
    "metric": check_metric,
    "detector": check_detector,
}
