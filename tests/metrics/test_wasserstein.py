from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gancheck.evaluation.view import View
from gancheck.metrics.swd import swd
from gancheck.metrics.wasserstein import wasserstein


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@settings(max_examples=40)
@given(st.integers(2, 40), st.integers(0, 10**6), st.sampled_from([1e-8, 1.0, 1e8]))
def test_on_a_line_the_cheapest_pairing_is_the_sorted_one(n: int, seed: int, scale: float):
    x, y = points(n, 1, seed) * scale, points(n, 1, seed + 1) * scale
    expected = (x.sort(0).values - y.sort(0).values).square().mean().sqrt().item()
    assert float(wasserstein(View(x, y))) == pytest.approx(expected, rel=1e-9)


def test_copies_in_another_order_are_at_no_distance():
    x = points(60, 40, 0) + 1e6
    assert float(wasserstein(View(x, x[torch.randperm(60)]))) == 0


def test_a_shift_costs_its_length():
    x = points(50, 3, 0)
    assert float(wasserstein(View(x + torch.tensor([3.0, 0, 4.0]), x))) == pytest.approx(5, rel=1e-9)


def test_the_larger_set_is_cut_to_the_smaller_ones_size():
    x, y = points(20, 2, 0), points(30, 2, 1)
    assert float(wasserstein(View(x, y))) == float(wasserstein(View(x, y[:20])))


def test_is_never_below_the_sliced_distance():
    x, y = points(80, 3, 0), points(80, 3, 1) * 2
    assert float(wasserstein(View(x, y))) >= float(swd(View(x, y)))


def test_dropped_modes_cost_the_way_to_them():
    both = torch.tensor([[0.0, 0.0], [10.0, 0.0]]).repeat(20, 1)
    assert float(wasserstein(View(both * 0, both))) == pytest.approx(math.sqrt(50))
