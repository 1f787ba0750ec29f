from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.metrics.fld import fld, standardised
from gancheck.view import View


def points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def value(samples: Tensor, d: int = 8, seed: int = 1) -> float:
    return float(fld(View(samples, points(300, d, seed), train=points(300, d, seed + 1))))


def test_a_perfect_generator_is_near_zero():
    values = [value(points(300, 8, 10 * i), seed=10 * i + 1) for i in range(20)]
    assert abs(sum(values) / 20) < 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda x: x * 3,
        lambda x: x + 2,
        lambda x: torch.cat([x[:, :1].abs() + 1, x[:, 1:]], 1),
        lambda x: x[:3].repeat(100, 1),
    ],
    ids=["blurred", "shifted", "half missing", "collapsed"],
)
def test_damage_of_every_kind_raises_it(damage):
    assert value(damage(points(300, 8, 0))) > value(points(300, 8, 0)) + 4


def test_copies_of_the_training_data_raise_it_beyond_any_blur():
    assert value(points(300, 8, 2)) > 1000
    assert value(torch.cat([points(75, 8, 2), points(225, 8, 0)])) > value(points(300, 8, 0))


def test_units_of_the_features_do_not_matter():
    sets = [points(150, 3, i) for i in range(3)]
    units = torch.tensor([1e-6, 1.0, 1e6], dtype=torch.float64)
    values = [float(fld(View(a, b, train=c))) for a, b, c in (sets, [units * x + 3 * units for x in sets])]
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_standardised_features_have_mean_zero_and_deviation_one_and_constant_ones_none():
    x = points(50, 3, 0) * 7 + 3
    x[:, 2] = 4
    view = View(x, x)
    out = standardised(view.samples, view.real_samples).x
    torch.testing.assert_close(out.std(0), torch.tensor([1.0, 1.0, 0.0], dtype=torch.float64))
    assert torch.allclose(out.mean(0), torch.zeros(3, dtype=torch.float64), atol=1e-12)


def test_fewer_samples_than_training_data_are_compared_with_as_few():
    values = [
        float(fld(View(points(60, 8, 3 * i), points(300, 8, 3 * i + 1), train=points(300, 8, 3 * i + 2))))
        for i in range(12)
    ]
    assert abs(sum(values) / 12) < 4


def test_a_single_training_sample_is_refused():
    with pytest.raises(BadData, match="at least 2 training"):
        fld(View(points(9, 2, 0), points(9, 2, 1), train=points(1, 2, 2)))
