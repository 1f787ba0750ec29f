"""A few steps of training, and a few samples of what was kept, for contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from gancheck.datasets.base import Dataset
from gancheck.errors import BadPlugin
from gancheck.gans.base import Model
from gancheck.gans.sampler import draw_samples
from gancheck.gans.settings import Budget, Settings
from gancheck.gans.state import Params
from gancheck.numerics.seeding import generator
from gancheck.strategies.recipe import Recipe
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.snapshot import sampler_of
from gancheck.training.train import train
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

STEPS = 2  #: the second is the first that sees what the first has changed or remembered
SAMPLES = 16
CPU = torch.device("cpu")
TOGETHER = ExecutionPath()
PLAINLY = ExecutionPath("stacked", "eager")
ONE_BY_ONE = ExecutionPath("looped", "eager")
SEEDS = (0, 1)


class Outcome(NamedTuple):
    """What became of a short training: weights of all players have a leading axis for seeds."""

    start: dict[str, Params]
    end: dict[str, Params]
    records: list[TrainingRecord]


@dataclass(frozen=True)
class Trial:
    """One model on one dataset, under a recipe."""

    gan: Model
    recipe: Recipe
    dataset: Dataset

    def setup(self, path: ExecutionPath, seeds: tuple[int, ...] = SEEDS) -> TrainingSetup:
        """A short training."""
        settings, budget = Settings(batch=SAMPLES), Budget(STEPS, 1)
        return TrainingSetup(self.gan, self.recipe, self.dataset, settings, budget, seeds, path, CPU)

    @property
    def alone(self) -> TrainingSetup:
        """A few steps of one seed, neither stacked nor traced: half the work, where only what a hook does matters."""
        return self.setup(ONE_BY_ONE, SEEDS[-1:])

    @property
    def comparable_steps(self) -> int:
        """Steps that are the same on all paths but for rounding; what `refresh` decides, such as clusters, is not."""
        return 1 if self.recipe.implementing("refresh") else STEPS

    def records(self, path: ExecutionPath = TOGETHER) -> list[TrainingRecord]:
        """A short training of two seeds, and samples drawn from what it kept; what fails there is raised."""
        return try_training(self.setup(path))

    def outcome(self) -> Outcome:
        """A few steps of one seed, whatever became of it."""
        trainer = Trainer(self.alone)
        start = tree_map(torch.clone, trainer.replicas.weights)
        records = trainer.train()
        return Outcome(start, trainer.replicas.weights, records)


def try_training(setup: TrainingSetup) -> list[TrainingRecord]:
    """Train, and draw samples from what was kept; BadPlugin where that fails."""
    records = train(setup)
    if failed := next((r for r in records if r.status != "done"), None):
        raise BadPlugin(f"training is {failed.status}: {failed.reason}")
    refuse_wrong_samples(setup, records[0])
    return records


def refuse_wrong_samples(setup: TrainingSetup, record: TrainingRecord) -> None:
    """Draw samples from what was kept; BadPlugin where they are not of the data's shape."""
    (kept,) = record.snapshots.values()
    samples: Tensor = draw_samples(sampler_of(setup), kept, SAMPLES, generator("cpu", "contract"))
    got, wanted = tuple(samples.shape[1:]), setup.dataset.spec.shape
    if got != wanted:
        raise BadPlugin(f"samples drawn at evaluation have shape {got}; this data needs {wanted}")


def same_bits(one: dict[str, Params], other: dict[str, Params], player: str) -> bool:
    """Whether a player's weights are the same to the last bit."""
    return all(tensor.equal(other[player][name]) for name, tensor in one[player].items())
