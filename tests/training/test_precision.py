"""The precision of a suite's training: bfloat16 where it says so, and refused where it would do nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter, Unsupported
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.vectorise import ExecutionPath

Train = Callable[..., list[TrainingRecord]]
PATHS = [ExecutionPath("stacked", "traced"), ExecutionPath("looped", "eager")]


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_bfloat16_comes_near_float32_and_keeps_float32_weights(path: ExecutionPath, train: Train, apart: Any) -> None:
    exact, coarse = train(steps=3, path=path), train(steps=3, path=path, precision="bf16")
    assert coarse[0].path == str(path)
    assert {t.dtype for t in coarse[0].snapshots[3].generator.values()} == {torch.float32}
    assert 0 < apart(exact, coarse) < 0.01


def test_strategies_that_differentiate_twice_train_in_bfloat16(train: Train) -> None:
    assert [r.status for r in train("rpgan+r1r2", steps=2, precision="bf16")] == ["done", "done"]


def test_a_precision_without_effect_is_refused(setup: Callable[..., TrainingSetup]) -> None:
    with pytest.raises(Unsupported, match='"tf32": only GPUs have it'):
        setup(precision="tf32")
    with pytest.raises(BadParameter, match="a precision is one of float32, tf32, bf16"):
        gc.Settings(precision="fp16")  # type: ignore[arg-type]


def test_a_model_that_trains_itself_takes_no_bfloat16(setup: Callable[..., TrainingSetup]) -> None:
    with pytest.raises(Unsupported, match='"bf16": a model that trains itself'):
        setup(gan=SimpleNamespace(own_loop=True), precision="bf16")
