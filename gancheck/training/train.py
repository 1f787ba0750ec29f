"""Training a block of seeds, by gancheck's loop or by the model's own."""

from __future__ import annotations

from dataclasses import replace

from gancheck.system.arithmetic import arithmetic
from gancheck.training.checkpoints import Checkpoints
from gancheck.training.own_loop import train_own_loop
from gancheck.training.peak_memory import PeakMemory
from gancheck.training.record import TrainingRecord
from gancheck.training.recorder import OnStep
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer


def train(
    setup: TrainingSetup, on_step: OnStep = lambda _: None, checkpoints: Checkpoints | None = None
) -> list[TrainingRecord]:
    """One record per seed; what the seeds have in common, such as a hook, may raise anything.

    A model's own loop has no checkpoints: what it holds is known to itself alone.
    """
    memory = PeakMemory(setup.device)
    own = setup.gan.own_loop
    with arithmetic(setup.settings.precision):
        records = train_own_loop(setup, on_step) if own else Trainer(setup).train(on_step, checkpoints)
    return [replace(record, peak_memory=memory.read()) for record in records]
