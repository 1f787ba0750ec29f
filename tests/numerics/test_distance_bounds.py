from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gancheck.numerics.distance_bounds import DistanceBounds, can_bound, scale_of
from gancheck.numerics.features import CHUNK, FeatureSet


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def bounds(x: torch.Tensor, y: torch.Tensor, chunk: int = CHUNK) -> tuple[torch.Tensor, ...]:
    """Lower and upper bounds of the squared distances, and the squares themselves, in the screen's units."""
    a, b = FeatureSet(x, chunk), FeatureSet(y, chunk)
    scale = scale_of(b.mean, a, b)
    one, other = (DistanceBounds(c, b.mean, scale) for c in (a, b))
    i, j = (t.flatten() for t in torch.meshgrid(torch.arange(len(x)), torch.arange(len(y)), indexing="ij"))
    low = torch.cat([torch.cat([one.lower_bounds(h, other, t) for t in other.blocks()], 1) for h in one.blocks()])
    middle, reach = one.interval(low[i, j], i, other, j)
    true = ((x[i].double() - y[j].double()) / scale).square().sum(1)
    return low[i, j].double(), middle + reach, true


@settings(max_examples=60, deadline=None)
@given(
    d=st.sampled_from([17, 64, 500]),
    power=st.integers(-30, 30),
    offset=st.sampled_from([0.0, 1.0, 1e4]),
    tails=st.booleans(),
    seed=st.integers(0, 99),
)
def test_bounds_hold_for_features_of_any_size_offset_and_tail(
    d: int, power: int, offset: float, tails: bool, seed: int
):
    x = points(30, d, seed)
    x = (x**5 if tails else x) * 10.0**power + offset * 10.0**power
    low, high, true = bounds(x[:15].float(), torch.cat([x[10:], x[:3]]).float())
    assert (low <= true).all()
    assert (true <= high).all()


def test_bounds_are_tight_enough_to_rule_out_almost_all_pairs():
    low, high, true = bounds(points(50, 300), points(60, 300, 1) + 3)
    assert ((high - low) / true).max() < 1e-3


def test_bounds_do_not_depend_on_the_chunk():
    x, y = points(20, 40).float(), points(25, 40, 1).float()
    small, large = bounds(x, y, 64), bounds(x, y)
    assert torch.allclose(small[0], large[0], atol=1e-5)


def test_less_than_float32_products_are_not_trusted():
    features = FeatureSet(points(5, 20))
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("medium")
        assert not can_bound(features)
    finally:
        torch.set_float32_matmul_precision(before)
    assert can_bound(features)


@pytest.mark.parametrize("size", [0.0, 1e-30, 3.0, 1e30])
def test_the_scale_is_a_power_of_two_that_holds_every_row(size: float):
    x = points(10, 20) * size
    scale = scale_of(torch.zeros(20, dtype=torch.float64), FeatureSet(x))
    assert scale >= x.norm(dim=1).max() or size == 0
    assert float(torch.tensor(scale, dtype=torch.float64).log2()) % 1 == 0
