"""Specs: one cell of the grid as data, and the ids that name its runs.

A training id hashes everything that decides the weights; a run id adds how they are measured and in which suite.
Neither knows the host, the number of jobs, or what else is run.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import nn

from gancheck import parameters
from gancheck.card import card_of
from gancheck.cast import seeded
from gancheck.catalogue import Catalogue
from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans import Gan
from gancheck.lesson import Lesson
from gancheck.recipe import Recipe
from gancheck.replicas import Path, compiler_at_hand
from gancheck.settings import Settings
from gancheck.suite import Suite, Task

ENGINE = 1  #: raise it when the engine's numbers change for the same spec
EVALUATION = 2  #: raise it when a metric's protocol changes

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)

#: Metrics by which the board ranks, measured whatever a suite names.
RANKING = ("modes", "quality")

#: Updates of a block from which compiling, 10 to 60 seconds, repays itself.
WORTH_COMPILING = 40_000


def digest(spec: Any) -> str:
    """16 hex digits of the canonical JSON's SHA-256."""
    try:
        text = json.dumps(spec, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadParameter(f"parameters must be numbers (not inf or nan), texts or lists of them: {error}") from error
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Cell:
    """One recipe on one task for one block of seeds: the unit of training."""

    suite: str
    version: str
    task: Task
    recipe: str
    seeds: tuple[int, ...]
    device: str = "cpu"

    def lesson(self, catalogue: Catalogue) -> Lesson:
        """Everything built."""
        recipe, gan = Recipe.parse(self.recipe, catalogue), self.task.build_gan(catalogue)
        dataset = self.task.build_dataset(catalogue)
        return Lesson(
            gan=gan,
            recipe=recipe,
            dataset=dataset,
            settings=self.task.settings,
            budget=self.task.budget,
            seeds=self.seeds,
            path=self.path(gan, recipe, dataset.spec),
            device=torch.device(self.device),
        )

    def path(self, gan: Gan, recipe: Recipe, data: DataSpec) -> Path:
        """How to compute it, from the spec alone: convolutions gain nothing from stacking on a CPU."""
        looped = self.device == "cpu" and convolves(gan, data)
        settings = recipe.settings(self.task.settings)
        updates = self.task.budget.steps * (1 + settings.critic_steps)
        compiled = updates >= WORTH_COMPILING and compiler_at_hand(torch.device(self.device))
        return Path("looped" if looped else "stacked", "compiled" if compiled else "traced")

    def training(self, catalogue: Catalogue) -> dict[str, Any]:
        """What decides the weights, without the seed."""
        lesson = self.lesson(catalogue)
        return {
            "engine": ENGINE,
            "torch": torch.__version__.partition("+")[0],
            "device": self.device,
            "path": "own-loop" if lesson.gan.own_loop else str(lesson.path),
            "dataset": {**described(catalogue, "dataset", lesson.dataset), "version": lesson.dataset.version},
            "gan": described(catalogue, "gan", lesson.gan),
            "recipe": [described(catalogue, "strategy", s) for s in lesson.recipe.strategies],
            "settings": settings_table(self.task.settings),
            "budget": asdict(self.task.budget),
            "block": list(self.seeds),
        }

    def specs(self, catalogue: Catalogue) -> list[dict[str, Any]]:
        """One spec per seed, ids included."""
        training = self.training(catalogue)
        return [self.spec({**training, "seed": seed}, catalogue) for seed in self.seeds]

    def spec(self, training: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
        """The spec of one seed."""
        dataset = self.task.build_dataset(catalogue)
        whole = {
            "suite": {"name": self.suite, "version": self.version},
            "task": self.task.label,
            **({"ladder": {"knob": self.task.knob, "level": self.task.level}} if self.task.knob else {}),
            "recipe": self.recipe,
            "training": training,
            "evaluation": {
                "evaluation": EVALUATION,
                "samples": self.task.protocol.samples,
                "metrics": {n: catalogue.entry("metric", n).source for n in metrics_of(self.task, catalogue)},
                "data": dataset.facts,
            },
        }
        return {"run_id": digest(whole), "training_id": digest(training), **whole}


def convolves(gan: Gan, data: DataSpec) -> bool:
    """Whether one of the GAN's players has a convolution."""
    players = seeded(lambda: gan.build(data), 0)
    return any(isinstance(m, CONVOLUTIONS) for module in players.modules.values() for m in module.modules())


def described(catalogue: Catalogue, kind: str, thing: Any) -> dict[str, Any]:
    """A plug-in's name, parameters and source hash."""
    held = card_of(type(thing))
    assert held is not None
    name = held.name
    return {"name": name, "parameters": parameters.parameters(thing), "source": catalogue.entry(kind, name).source}


def metrics_of(task: Task, catalogue: Catalogue) -> list[str]:
    """The metrics of a task: those that rank, and those the suite names, else all that need not be asked for."""
    unasked = (n for n in catalogue.names("metric") if not catalogue.entry("metric", n).card.facts["asked"])
    return sorted({*RANKING, *(task.protocol.metrics or unasked)})


def settings_table(settings: Settings) -> dict[str, Any]:
    """JSON values of the settings."""
    table: dict[str, Any] = parameters.plain(asdict(settings))
    return table


def cells(suite: Suite, device: str) -> list[Cell]:
    """The grid: seeds outermost, so that an early stop has all recipes for the first seeds."""
    return [
        Cell(suite.name, suite.version, task, recipe, block, device)
        for block in suite.blocks
        for task in suite.tasks
        for recipe in suite.recipes
    ]
