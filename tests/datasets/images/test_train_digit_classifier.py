from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from gancheck.classifiers.digit_classifier import WEIGHTS, digit_classifier
from gancheck.datasets.images.train_digit_classifier import held_out_accuracy, write

CPU = torch.device("cpu")


def test_shipped_classifier_is_as_accurate_as_its_file_claims() -> None:
    classifier = digit_classifier(CPU)
    # Another processor may round one digit on the border to the other side.
    assert held_out_accuracy(classifier) == pytest.approx(classifier.facts["held_out_accuracy"], abs=1.5 / 997)
    assert held_out_accuracy(classifier) >= 0.99


def test_recorded_hash_is_that_of_the_shipped_file() -> None:
    assert digit_classifier(CPU).facts["sha256"] == hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()


def test_shipped_weights_are_small_and_finite() -> None:
    assert WEIGHTS.stat().st_size < 400_000
    assert all(w.isfinite().all() and w.dtype == torch.float32 for w in digit_classifier(CPU).weights.values())


def test_judging_leaves_no_trace_in_the_gradient_or_the_global_random_numbers() -> None:
    before = torch.get_rng_state()
    features = digit_classifier(CPU).features(torch.zeros(2, 8, 8, requires_grad=True))
    assert not features.requires_grad
    assert torch.equal(before, torch.get_rng_state())


def test_training_again_writes_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, steps=20).facts for name in ("one", "two"))  # goes through every part
    assert one == two
    assert one["held_out_accuracy"] > 0.2  # already better than chance
