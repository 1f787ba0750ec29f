from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from gancheck.errors import BadData
from gancheck.monitor.probes.logits import LogitReader


def test_means_signs_and_accuracy_of_logits() -> None:
    found = LogitReader().read({"d_real": torch.tensor([[3.5], [0.5], [-0.5]]), "d_fake": torch.tensor([-2.0, -4.0])})
    assert {name: float(v) for name, v in found.numbers.items()} == pytest.approx(
        {"real_logit": 3.5 / 3, "fake_logit": -3.0, "real_sign": 1 / 3, "discriminator_accuracy": 1.0}
    )


@pytest.mark.parametrize(("offset", "scale"), [(0.0, 1.0), (100.0, 1.0), (-7.0, 1e-3)])
def test_accuracy_knows_neither_offset_nor_scale(offset: float, scale: float) -> None:
    source = torch.Generator().manual_seed(0)
    real, fake = torch.randn(500, generator=source) + 2, torch.randn(500, generator=source)
    found = LogitReader().read({"d_real": real * scale + offset, "d_fake": fake * scale + offset})
    assert float(found.numbers["discriminator_accuracy"]) == pytest.approx(0.84, abs=0.02)


def test_logits_that_are_all_the_same_are_a_guess() -> None:
    found = LogitReader().read({"d_real": torch.ones(5), "d_fake": torch.ones(5)})
    assert float(found.numbers["discriminator_accuracy"]) == 0.5


def test_held_out_logits_may_come_alone_and_as_arrays() -> None:
    found = LogitReader().read({"d_held_out": np.array([1.0, 2.0])})
    assert {name: float(v) for name, v in found.numbers.items()} == {"held_out_logit": 1.5}


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.int64])
def test_any_type_of_number_is_averaged_without_overflow(kind: torch.dtype) -> None:
    found = LogitReader().read({"d_real": torch.full((4_000,), 100).to(kind).requires_grad_(kind.is_floating_point)})
    value = found.numbers["real_logit"]
    assert isinstance(value, torch.Tensor)
    assert float(value) == pytest.approx(100)
    assert not value.requires_grad


def test_nan_stays_nan_and_nothing_to_read_is_said() -> None:
    found = LogitReader().read({"d_real": torch.tensor([math.nan, 1.0]), "d_fake": torch.ones(2)})
    assert math.isnan(float(found.numbers["discriminator_accuracy"]))
    with pytest.raises(BadData, match="d_real: expected at least one logit"):
        LogitReader().read({"d_real": torch.ones(0)})
    with pytest.raises(BadData, match="d_fake: expected a tensor"):
        LogitReader().read({"d_fake": "high"})
