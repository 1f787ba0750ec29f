from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import rbf_kernel

from gancheck.evaluation.view import View
from gancheck.metrics.kid import kid
from gancheck.metrics.mmd import cmmd, mmd
from gancheck.statistics.estimate import Estimate


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def biased(x: np.ndarray, y: np.ndarray, sigma: float) -> float:
    means = [rbf_kernel(a, b, gamma=1 / (2 * sigma**2)).mean() for a, b in ((x, x), (y, y), (x, y))]
    return float(means[0] + means[1] - 2 * means[2])


def test_mmd_of_two_gaussians_is_that_of_the_closed_form():
    # E exp(-|x - y|^2 / 2w^2) for x - y ~ N(delta, 2 I) in the plane, and the median distance of unit Gaussians.
    median = math.sqrt(4 * math.log(2))

    def mean(gap: float) -> float:
        squares = [(median * scale) ** 2 for scale in (0.25, 0.5, 1, 2, 4)]
        return sum(w / (w + 2) * math.exp(-gap / (2 * (w + 2))) for w in squares) / 5

    estimate = mmd(View(points(3000, 2, 0) + torch.tensor([1.0, 0.0]), points(3000, 2, 1)))
    expected = 2 * mean(0) - 2 * mean(1)
    assert float(estimate) == pytest.approx(expected, rel=0.1)
    assert estimate.low < expected < estimate.high


def test_mmd_knows_no_units():
    x, y = points(60, 3, 0), points(50, 3, 1) + 1
    assert float(mmd(View(x * 1e4 + 7, y * 1e4 + 7))) == pytest.approx(float(mmd(View(x, y))), rel=1e-9)


@pytest.mark.parametrize("measure", [mmd, kid])
def test_a_perfect_generator_is_at_zero_on_average_and_its_intervals_hold_zero(measure: Callable[[View], Estimate]):
    pairs = [View(points(60, 2, 2 * i), points(90, 2, 2 * i + 1)) for i in range(200)]
    found: list[Estimate] = [measure(view) for view in pairs]
    values = torch.stack([e.value for e in found])
    assert abs(values.mean()) < 4 * values.std() / 200**0.5
    assert sum(bool(e.low <= 0 <= e.high) for e in found) >= 190


def test_intervals_of_different_distributions_hold_the_truth_as_often_as_they_say():
    truth = float(kid(View(points(5000, 2, 10_000) * 1.5, points(5000, 2, 10_001))))
    found = [kid(View(points(80, 2, 2 * i) * 1.5, points(80, 2, 2 * i + 1))) for i in range(200)]
    assert 178 <= sum(bool(e.low <= truth <= e.high) for e in found) <= 200


def test_cmmd_is_scikit_learns_kernel_on_directions():
    x, y = points(70, 6, 0), points(50, 6, 1) + 1
    directions = [(z / z.norm(dim=1, keepdim=True)).numpy() for z in (x, y)]
    assert float(cmmd(View(x, y))) == pytest.approx(1000 * biased(*directions, sigma=10), rel=1e-9)


def test_cmmd_of_copies_is_zero_and_of_opposites_the_largest_there_is():
    x = torch.eye(4)[:1].repeat(20, 1)
    assert float(cmmd(View(x, x))) == 0
    assert float(cmmd(View(x, -x))) == pytest.approx(2000 * (1 - math.exp(-4 / 200)))


def test_cmmd_of_a_perfect_generator_is_the_floor_of_the_docstring():
    x, y = points(400, 200, 0), points(300, 200, 1)
    assert float(cmmd(View(x, y))) == pytest.approx(10 * (1 / 400 + 1 / 300), rel=0.15)
