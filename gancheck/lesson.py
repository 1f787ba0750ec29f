"""A lesson: everything one block of seeds is trained with, built from its spec."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from gancheck.datasets.base import Dataset
from gancheck.gans import Gan
from gancheck.recipe import Recipe
from gancheck.replicas import Path
from gancheck.settings import Budget, Settings


@dataclass(frozen=True)
class Lesson:
    """GAN, recipe, data and budget for the seeds of one block."""

    gan: Gan
    recipe: Recipe
    dataset: Dataset
    settings: Settings  #: the suite's; the recipe's `settings` hook has not been asked yet
    budget: Budget
    seeds: tuple[int, ...]
    path: Path
    device: torch.device
