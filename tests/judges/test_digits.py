from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from gancheck.judges import training
from gancheck.judges.digits import held_out_accuracy, write
from gancheck.judges.judge import WEIGHTS, digit_judge

CPU = torch.device("cpu")


def test_shipped_judge_is_as_accurate_as_its_file_claims() -> None:
    judge = digit_judge(CPU)
    # Another processor may round one digit on the border to the other side.
    assert held_out_accuracy(judge) == pytest.approx(judge.facts["held_out_accuracy"], abs=1.5 / 997)
    assert held_out_accuracy(judge) >= 0.99


def test_recorded_hash_is_that_of_the_shipped_file() -> None:
    assert digit_judge(CPU).facts["sha256"] == hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()


def test_shipped_weights_are_small_and_finite() -> None:
    assert WEIGHTS.stat().st_size < 400_000
    assert all(w.isfinite().all() and w.dtype == torch.float32 for w in digit_judge(CPU).weights.values())


def test_judging_leaves_no_trace_in_the_gradient_or_the_global_random_numbers() -> None:
    before = torch.get_rng_state()
    features = digit_judge(CPU).features(torch.zeros(2, 8, 8, requires_grad=True))
    assert not features.requires_grad
    assert torch.equal(before, torch.get_rng_state())


def test_training_again_writes_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "STEPS", 20)  # enough to go through every part
    one, two = (write(tmp_path / name).facts for name in ("one", "two"))
    assert one == two
    assert one["held_out_accuracy"] > 0.2  # already better than chance
