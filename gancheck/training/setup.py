"""Everything one block of seeds is trained with, built from its spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from gancheck.datasets.base import Dataset
from gancheck.errors import Unsupported
from gancheck.gans.base import Model
from gancheck.gans.settings import Budget, Settings
from gancheck.strategies.recipe import Recipe
from gancheck.training.vectorise import ExecutionPath


@dataclass(frozen=True)
class TrainingSetup:
    """GAN, recipe, data and budget for the seeds of one block."""

    gan: Model
    recipe: Recipe
    dataset: Dataset
    settings: Settings  #: the suite's; the recipe's `settings` hook has not been asked yet
    budget: Budget
    seeds: tuple[int, ...]
    path: ExecutionPath
    device: torch.device
    start: Mapping[str, str] = field(default_factory=dict)  #: player -> file of the weights that it starts from

    def __post_init__(self) -> None:
        precision = self.settings.precision
        if precision == "tf32" and self.device.type == "cpu":
            raise Unsupported('precision = "tf32": only GPUs have it; a CPU takes "float32" or "bf16"')
        if precision == "bf16" and self.gan.own_loop:
            raise Unsupported('precision = "bf16": a model that trains itself computes as it is written')
