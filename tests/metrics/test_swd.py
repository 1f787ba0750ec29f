from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance

from gancheck.evaluation.view import View
from gancheck.metrics.swd import coupling, swd
from gancheck.metrics.wasserstein import wasserstein


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("shift", "width"), [(0.0, 2.0), (3.0, 1.0), (1.0, 0.5)])
def test_gaussians_are_as_far_apart_as_the_closed_form_says(shift: float, width: float):
    x = points(4000, 3, 0) * width + torch.tensor([shift, 0, 0])
    expected = math.sqrt(shift**2 / 3 + (width - 1) ** 2)
    assert float(swd(View(x, points(3000, 3, 1)))) == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize(("n", "m"), [(6, 6), (7, 3), (4, 10), (1, 5), (5, 1)])
def test_quantiles_are_coupled_as_scipy_couples_them(n: int, m: int):
    x, y = np.sort(np.random.default_rng(n).normal(size=n)), np.sort(np.random.default_rng(m + 50).normal(size=m))
    left, right, width = (part.numpy() for part in coupling(n, m, torch.device("cpu")))
    assert width.sum() == pytest.approx(1)
    assert (width * abs(x[left] - y[right])).sum() == pytest.approx(wasserstein_distance(x, y), rel=1e-9)


def test_on_a_line_sliced_and_whole_distance_are_the_same():
    x, y = points(50, 1, 0), points(50, 1, 1) * 2
    assert float(swd(View(x, y))) == pytest.approx(float(wasserstein(View(x, y))), rel=1e-9)


def test_copies_are_at_no_distance_and_the_same_samples_give_the_same_number():
    x = points(30, 5, 0)
    assert float(swd(View(x, x.clone()))) == 0
    assert float(swd(View(x, x + 1))) == float(swd(View(x.clone(), x + 1)))


def test_a_perfect_generator_gets_about_what_the_docstring_says():
    value = float(swd(View(points(2000, 4, 0), points(2000, 4, 1))))
    assert 1 < value / math.sqrt(2 / 2000) < 2.5
