"""A block without room in memory fails with what to change, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

import gancheck as gc
from gancheck.bench import cell
from gancheck.bench.out_of_memory import advise_on_measuring
from gancheck.bench.task import EvaluationProtocol
from gancheck.errors import BadPlugin
from gancheck.gans.sampler import PlainSampler
from gancheck.training.checkpoints import NoCheckpoints
from gancheck.training.fallback import is_out_of_memory
from gancheck.training.own_loop import record_failure
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup

Setup = Callable[..., TrainingSetup]


def raising(error: Exception) -> Callable[..., None]:
    """Training that ends so."""

    def train(*_: object) -> None:
        raise error

    return train


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory"), MemoryError(), RuntimeError("DefaultCPUAllocator: no memory")],
    ids=lambda error: type(error).__name__,
)
def test_its_runs_fail_with_advice(error: Exception, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "train", raising(error))
    records = cell.train_block(setup(seeds=(3, 4), batch=64), lambda _: None, NoCheckpoints())
    assert [(record.seed, record.status) for record in records] == [(3, "failed"), (4, "failed")]
    assert records[0].reason == (
        "out of memory with 2 seeds at once at batch 64: write a smaller block or batch into the suite, or take a "
        "smaller network"
    )


def test_other_errors_are_told_as_they_are(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "train", raising(RuntimeError("some other trouble")))
    assert cell.train_block(setup(), lambda _: None, NoCheckpoints())[0].reason == "RuntimeError: some other trouble"


def test_a_single_seed_is_not_told_to_take_a_smaller_block(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "train", raising(MemoryError()))
    assert "write a smaller batch" in cell.train_block(setup(seeds=(0,)), lambda _: None, NoCheckpoints())[0].reason


def test_a_model_that_trains_itself_is_told_the_same() -> None:
    with pytest.raises(torch.OutOfMemoryError):
        record_failure(raising(torch.OutOfMemoryError("CUDA out of memory")), 0)  # type: ignore[arg-type]
    assert record_failure(raising(ValueError("mine")), 0).reason == "ValueError: mine"  # type: ignore[arg-type]


def test_no_room_for_the_samples_is_told_with_advice(
    train: Callable[..., list[TrainingRecord]], setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = setup(steps=1, evaluations=1)
    record, _ = train(steps=1, evaluations=1)

    def draw(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(PlainSampler, "draw", draw)
    evaluation = SimpleNamespace(rows=lambda *_: [], yardsticks=[])
    context = SimpleNamespace(evaluation=lambda *_: evaluation, registry=gc.Registry.load())
    job = SimpleNamespace(cell=SimpleNamespace(task=SimpleNamespace(protocol=EvaluationProtocol(samples=100))))
    _, outcome = cell.evaluate_run(job, context, made, record)  # type: ignore[arg-type]
    assert outcome["status"] == "failed"
    assert outcome["reason"] == "out of memory while it was measured: write fewer samples into [evaluation]"


def test_it_is_seen_behind_the_error_of_a_hook() -> None:
    error = BadPlugin("strategy 'mine' raises")
    error.__cause__ = torch.OutOfMemoryError("CUDA out of memory")
    assert is_out_of_memory(error)


def test_the_gpus_memory_is_named(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    class Card:
        total_memory = 80 * 2**30

    monkeypatch.setattr("torch.cuda.max_memory_allocated", lambda _: 71 * 2**30)
    monkeypatch.setattr("torch.cuda.get_device_properties", lambda _: Card())
    advice = advise_on_measuring(replace(setup(), device=torch.device("cuda")))
    assert advice.startswith("out of memory while it was measured (71.0 of the GPU's 80.0 GiB): write fewer samples")
