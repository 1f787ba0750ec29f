from __future__ import annotations

import math

import pytest
import torch
from scipy.spatial.distance import pdist

from gancheck.evaluation.view import View
from gancheck.metrics.pairwise import pairwise_distance


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("n", "d"), [(2, 3), (40, 2), (40, 100)])
def test_is_the_mean_of_scipys_distances(n: int, d: int):
    assert float(pairwise_distance(View(points(n, d)))) == pytest.approx(pdist(points(n, d).numpy()).mean(), rel=1e-9)


def test_unit_gaussians_on_a_line_are_two_over_root_pi_apart():
    assert float(pairwise_distance(View(points(4000, 1)))) == pytest.approx(2 / math.sqrt(math.pi), rel=0.03)


def test_intervals_hold_the_truth_as_often_as_they_say():
    found = [pairwise_distance(View(points(50, 1, seed))) for seed in range(300)]
    assert 268 <= sum(bool(e.low <= 2 / math.sqrt(math.pi) <= e.high) for e in found) <= 298


def test_copies_of_one_sample_are_at_no_distance():
    assert float(pairwise_distance(View(points(1, 30).repeat(9, 1)))) == 0
