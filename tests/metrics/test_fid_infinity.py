from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.fid_infinity import fid_infinity
from gancheck.metrics.frechet import fid


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_takes_away_most_of_the_bias_of_few_samples():
    y, truth = points(20_000, 8, 0), 0.5**2 * 8
    views = [View(points(200, 8, seed) + 0.5, y) for seed in range(1, 41)]
    plain = torch.stack([fid(view) for view in views]) - truth
    extrapolated = torch.stack([fid_infinity(view).value for view in views]) - truth
    assert plain.mean() > 0.1
    assert abs(extrapolated.mean()) < plain.mean() / 4


def test_a_perfect_generator_gets_nearly_nothing():
    y = points(20_000, 8, 0)
    found = [fid_infinity(View(points(200, 8, seed), y)) for seed in range(1, 41)]
    values = torch.stack([e.value for e in found])
    assert abs(values.mean()) < 4 * values.std() / 40**0.5
    assert sum(bool(e.low <= 0 <= e.high) for e in found) >= 32


def test_one_repeated_sample_has_no_bias_to_take_away():
    view = View(points(1, 3, 0).repeat(60, 1), points(500, 3, 1))
    estimate = fid_infinity(view)
    assert float(estimate) == pytest.approx(float(fid(view)), rel=1e-9)
    assert float(estimate.high - estimate.low) == pytest.approx(0, abs=1e-9)


def test_gives_the_same_number_twice_and_an_interval_around_it():
    first, second = (fid_infinity(View(points(100, 3, 0), points(200, 3, 1))) for _ in range(2))
    assert float(first) == float(second)
    assert first.low < first.value < first.high


def test_works_where_subsets_are_smaller_than_the_number_of_features():
    assert abs(float(fid_infinity(View(points(100, 40, 0), points(4000, 40, 1))))) < 5


def test_too_few_samples_are_refused():
    with pytest.raises(BadData, match="at least 50"):
        fid_infinity(View(points(49, 3, 0), points(200, 3, 1)))
