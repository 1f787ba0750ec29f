from __future__ import annotations

import math

import pytest
import torch

import gancheck as gc
from gancheck.monitor.fetch import as_number, fetch
from gancheck.monitor.probes.base import Measured


def test_numbers_and_layers_come_back_as_floats_in_the_order_of_steps() -> None:
    second = Measured(
        {"loss": torch.tensor(2.0), "val_loss": 0.5}, {"layer_gradient": {"b": torch.tensor(4.0), "a": 3.0}}
    )
    found = fetch({7: second, 3: Measured({"loss": torch.tensor(1.0)})})
    assert list(found) == [3, 7]
    assert found[3] == ({"loss": 1.0}, {})
    assert found[7] == ({"loss": 2.0, "val_loss": 0.5}, {"layer_gradient": {"b": 4.0, "a": 3.0}})
    assert list(found[7][1]["layer_gradient"]) == ["b", "a"]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.bool])
def test_tensors_of_any_kind_may_wait_together(dtype: torch.dtype) -> None:
    numbers = {"loss": torch.ones((), dtype=dtype), "val_loss": torch.tensor([1.0])}
    assert fetch({1: Measured(dict(numbers))})[1][0] == {"loss": 1.0, "val_loss": 1.0}


def test_nan_infinities_and_complex_numbers() -> None:
    numbers = {"a": torch.tensor(math.nan), "b": torch.tensor(-math.inf), "c": torch.tensor(3 + 4j)}
    found = fetch({1: Measured(dict(numbers))})[1][0]
    assert math.isnan(found["a"])
    assert (found["b"], found["c"]) == (-math.inf, 5.0)


def test_nothing_waits() -> None:
    assert fetch({}) == {}
    assert fetch({2: Measured()}) == {2: ({}, {})}


def test_a_large_loss_of_double_precision_is_not_rounded_to_infinity() -> None:
    assert fetch({1: Measured({"loss": torch.tensor(1e300, dtype=torch.float64)})})[1][0]["loss"] == 1e300


def test_a_number_is_copied_without_its_graph() -> None:
    value = torch.ones(1, requires_grad=True) * 2
    number = as_number(value, "loss")
    assert not getattr(number, "requires_grad", False)
    assert getattr(number, "shape", ()) == ()
    assert float(number) == 2.0


def test_a_batch_of_losses_is_refused_with_what_to_do() -> None:
    with pytest.raises(gc.BadData, match=r"loss: .* shape \(4,\); give its mean\(\)"):
        as_number(torch.zeros(4), "loss")


def test_a_number_beyond_all_floats_is_refused() -> None:
    with pytest.raises(gc.BadData, match="loss: a number beyond the largest float"):
        as_number(10**400, "loss")
