from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.monitor.probes.batches import BATCHES, BatchReader


def test_inputs_of_the_first_batches_only() -> None:
    reader = BatchReader()
    found = [reader.read({"inputs": torch.tensor([[0.0, 4.0], [-6.0, 2.0]])}).numbers for _ in range(BATCHES + 1)]
    numbers = {name: float(v) for name, v in found[0].items()}
    assert numbers == pytest.approx({"input_mean": 0.0, "input_deviation": 14**0.5, "input_size": 6.0})
    assert found[-1] == {}


def test_indices_have_no_range() -> None:
    assert BatchReader().read({"inputs": torch.arange(10)}).numbers == {}


def test_half_precision_does_not_overflow() -> None:
    found = BatchReader().read({"inputs": torch.full((1_000, 100), 255.0, dtype=torch.float16)}).numbers
    assert float(found["input_mean"]) == pytest.approx(255)


def test_shares_of_labels_add_up_and_come_when_their_number_doubles() -> None:
    reader = BatchReader()
    found = [reader.read({"labels": torch.tensor([1, 1, 1, 7])}) for _ in range(8)]
    assert [bool(m.layers) for m in found] == [True, True, False, True, False, False, False, True]
    assert found[-1].layers["label_share"] == {"1": 0.75, "7": 0.25}
    assert found[-1].numbers["label_count"] == 32


def test_labels_that_are_no_classes_are_not_counted() -> None:
    for labels in (torch.ones(4, 3, dtype=torch.int64), torch.rand(4), torch.ones(2, 5, 5, dtype=torch.int64)):
        assert BatchReader().read({"labels": labels}).layers == {}
    found = BatchReader().read({"labels": torch.tensor([-100, 5_000, 3])})
    assert found.layers["label_share"] == {"3": 1.0}
    assert BatchReader().read({"labels": torch.tensor([[2], [3]])}).layers["label_share"] == {"2": 0.5, "3": 0.5}
    with pytest.raises(BadData, match="labels: expected a tensor"):
        BatchReader().read({"labels": ["cat"]})
