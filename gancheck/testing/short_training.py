"""A few steps of training, for contracts."""

from __future__ import annotations

import torch

from gancheck.datasets.base import Dataset
from gancheck.errors import BadPlugin
from gancheck.gans.base import Model
from gancheck.gans.settings import Budget, Settings
from gancheck.strategies.recipe import Recipe
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.train import train
from gancheck.training.vectorise import ExecutionPath

STEPS = 6
CPU = torch.device("cpu")
TOGETHER = ExecutionPath()


def train_briefly(gan: Model, recipe: Recipe, dataset: Dataset, path: ExecutionPath = TOGETHER) -> list[TrainingRecord]:
    """A few steps for two seeds; what fails there is raised."""
    setup = TrainingSetup(gan, recipe, dataset, Settings(batch=16), Budget(STEPS, 1), (0, 1), path, CPU)
    records = train(setup)
    if failed := next((r for r in records if r.status != "done"), None):
        raise BadPlugin(f"training is {failed.status}: {failed.reason}")
    return records
