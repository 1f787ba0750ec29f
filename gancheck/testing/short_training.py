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

STEPS, FEW = 4, 2
SAMPLES = 16
CPU = torch.device("cpu")
TOGETHER = ExecutionPath()
PLAINLY = ExecutionPath("stacked", "eager")


class Weights(NamedTuple):
    """Weights of all players, with a leading axis for seeds."""

    start: dict[str, Params]
    end: dict[str, Params]


@dataclass(frozen=True)
class Trial:
    """One model on one dataset, under a recipe."""

    gan: Model
    recipe: Recipe
    dataset: Dataset

    def setup(self, path: ExecutionPath, steps: int) -> TrainingSetup:
        """Two seeds of a short training."""
        settings, budget = Settings(batch=SAMPLES), Budget(steps, 1)
        return TrainingSetup(self.gan, self.recipe, self.dataset, settings, budget, (0, 1), path, CPU)

    @property
    def comparable_steps(self) -> int:
        """Steps that are the same on all paths but for rounding; what `refresh` decides, such as clusters, is not."""
        return 1 if self.recipe.implementing("refresh") else STEPS

    def records(self, path: ExecutionPath = TOGETHER, steps: int = STEPS) -> list[TrainingRecord]:
        """A short training, and samples drawn from what it kept; what fails there is raised."""
        setup = self.setup(path, steps)
        records = train(setup)
        if failed := next((r for r in records if r.status != "done"), None):
            raise BadPlugin(f"training is {failed.status}: {failed.reason}")
        refuse_wrong_samples(setup, records[0])
        return records

    def weights(self) -> Weights:
        """The weights of all players of all seeds before and after a few steps, whatever became of them."""
        trainer = Trainer(self.setup(PLAINLY, FEW))
        start = tree_map(torch.clone, trainer.replicas.weights)
        trainer.train()
        return Weights(start, trainer.replicas.weights)


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
