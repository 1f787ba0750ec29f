"""What the tests of samplers share: a small trained recipe, and how it is sampled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.gans.sampler import draw_samples
from gancheck.strategies.named_sampler import NamedSampler
from gancheck.training.setup import TrainingSetup
from gancheck.training.snapshot import sampler_of
from gancheck.training.trainer import Trainer


@dataclass
class Trained:
    """One seed after training."""

    sampler: gc.Sampler  #: of the last strategy that has one
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
        outermost = sampler_of(made)
        return Trained(outermost.inner if isinstance(outermost, NamedSampler) else outermost, kept, start, trainer)

    return make
