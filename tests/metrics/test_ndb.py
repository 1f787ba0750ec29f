from __future__ import annotations

import time

import pytest
import torch
from scipy.stats import chi2_contingency

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.ndb import different, ndb


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_bins_differ_where_the_chi_square_test_of_scipy_says_so():
    a, b = torch.tensor([30, 10, 5, 0, 200, 55]), torch.tensor([14, 12, 20, 9, 190, 70])
    n, m = int(a.sum()), int(b.sum())
    tables = [[[x, n - x], [y, m - y]] for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    expected = [chi2_contingency(table, correction=False).pvalue < 0.05 for table in tables]
    assert different(a, b).tolist() == expected
    assert {True, False} == set(expected)


def test_bins_that_are_empty_on_both_sides_or_hold_everything_do_not_differ():
    assert different(torch.tensor([9, 0]), torch.tensor([7, 0])).tolist() == [False, False]


def test_a_perfect_generator_gets_the_level_of_the_test():
    values = torch.stack([ndb(View(points(600, 3, 2 * i), points(1200, 3, 2 * i + 1))).value for i in range(50)])
    assert abs(values.mean() - 0.05) < 0.02


def test_modes_left_out_show_in_their_bins(ring):
    shares = torch.ones(8)
    shares[:2] = 0
    assert float(ndb(View(ring.draw(5, shares), ring.reference))) > 0.25
    assert float(ndb(View(ring.draw(5), ring.reference))) < 0.2


def test_samples_far_from_the_data_differ_in_every_bin():
    found = ndb(View(points(600, 4, 0) * 0 + 50, points(1200, 4, 1)))
    assert found.value == 1
    assert found.low < 1


def test_few_samples_have_two_bins_and_too_few_are_refused():
    assert float(ndb(View(points(5, 2, 0) + 9, points(10, 2, 1)))) in (0, 0.5, 1)
    with pytest.raises(BadData, match="at least 4 real samples"):
        ndb(View(points(9, 2, 0), points(3, 2, 1)))


def test_many_features_take_seconds():
    began = time.perf_counter()
    ndb(View(points(2000, 512, 0), points(4000, 512, 1)))
    assert time.perf_counter() - began < 10
