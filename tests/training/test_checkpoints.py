"""A training that was stopped goes on from its checkpoint as if it had never been."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import gancheck as gc
from gancheck.training.checkpoints import Checkpoints
from gancheck.training.record import TrainingRecord, flatten_kept
from gancheck.training.recorder import OnStep
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

Setup = Callable[..., TrainingSetup]


class Stopped(Exception):
    pass


def stop_after(step: int) -> OnStep:
    """What hears of steps, and ends the training as a power cut would."""

    def hear(done: int) -> None:
        if done > step:
            raise Stopped

    return hear


def interrupted(setup: TrainingSetup, path: Path, step: int = 12) -> list[TrainingRecord]:
    """The records of a training that ended at a step, and then went on in a new trainer."""
    with pytest.raises(Stopped):
        Trainer(setup).train(stop_after(step), Checkpoints(path, "id", every=0.0))
    return Trainer(setup).train(checkpoints=Checkpoints(path, "id", every=0.0))


def same_bits(one: list[TrainingRecord], other: list[TrainingRecord]) -> bool:
    """Whether all generators and signals of two blocks are equal."""

    def tensors(record: TrainingRecord) -> dict[str, torch.Tensor]:
        kept = {f"{s} {n}": t for s, k in record.snapshots.items() for n, t in flatten_kept(k).items()}
        return {**kept, **record.trace}

    pairs = [(tensors(a), tensors(b)) for a, b in zip(one, other, strict=True)]
    assert all(a.keys() == b.keys() and len(a) > 5 for a, b in pairs)
    return all(torch.allclose(a[n], b[n], rtol=0, atol=0, equal_nan=True) for a, b in pairs for n in a)


STACKED, LOOPED = ExecutionPath("stacked", "traced"), ExecutionPath("looped", "traced")

CASES = {
    "traced": ("none", "mlp", "ring8", STACKED),
    "averaged weights": ("ema", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "past discriminators": ("past-discriminators", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "refreshed": ("self-conditioned(clusters=4, clusterings=4)", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "vectors": ("spectral-norm", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "convolutions": ("none", "dcgan", "digits", LOOPED),
}


@pytest.mark.parametrize("case", CASES)
def test_training_that_was_stopped_goes_on_bit_for_bit(
    case: str, setup: Setup, registry: gc.Registry, tmp_path: Path
) -> None:
    recipe, gan, data, path = CASES[case]
    made = setup(recipe, gan=registry.build("gan", gan), data=data, path=path, evaluations=2)
    assert same_bits(Trainer(made).train(), interrupted(made, tmp_path / "a.checkpoint"))
