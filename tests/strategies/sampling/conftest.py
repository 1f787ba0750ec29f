"""What the tests of samplers share: a small trained recipe, and how it is sampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.gans.sampler import PlainSampler, draw_samples
from gancheck.training.replicas import build_networks
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer


@dataclass
class Trained:
    """One seed after training."""

    sampler: gc.Sampler
    kept: gc.Kept
    start: gc.Kept  #: as it was before the first step
    trainer: Trainer

    def samples(self, count: int, seed: int = 0) -> Tensor:
        """Samples as an evaluation draws them."""
        return draw_samples(self.sampler, self.kept, count, torch.Generator().manual_seed(seed))


@pytest.fixture(scope="session")
def trained(setup: Callable[..., TrainingSetup]) -> Callable[..., Trained]:
    """Trains a recipe for a few steps, with a rate that shows: `trained("mh-gan+pacgan", steps=5)`."""

    def make(recipe: str, steps: int = 4, **how: Any) -> Trained:
        made = setup(recipe, steps=steps, seeds=(0,), default=gc.Optimiser(lr=0.02), **how)
        trainer = Trainer(made)
        trainer.prepare()
        (start,) = trainer.snapshots()
        for _ in range(steps):
            trainer.step()
        (kept,) = trainer.snapshots()
        return Trained(made.recipe.sampler(PlainSampler(build_networks(made), made.recipe)), kept, start, trainer)

    return make
