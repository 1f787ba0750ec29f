"""Training a block of seeds, by gancheck's loop or by the model's own."""

from __future__ import annotations

from gancheck.system.arithmetic import arithmetic
from gancheck.training.own_loop import train_own_loop
from gancheck.training.record import TrainingRecord
from gancheck.training.recorder import OnStep
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer


def train(setup: TrainingSetup, on_step: OnStep = lambda _: None) -> list[TrainingRecord]:
    """One record per seed; what the seeds have in common, such as a hook, may raise anything."""
    with arithmetic(setup.settings.precision):
        return train_own_loop(setup, on_step) if setup.gan.own_loop else Trainer(setup).train(on_step)
