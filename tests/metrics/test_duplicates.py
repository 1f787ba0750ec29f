from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.duplicates import duplicates, near_duplicates


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("chunk", [8, 2**23])
def test_repeated_rows_are_counted_as_numpy_counts_them(chunk: int):
    rows = torch.randint(3, (80, 5), generator=torch.Generator().manual_seed(0)).float()
    _, which, counts = np.unique(rows.numpy(), axis=0, return_inverse=True, return_counts=True)
    assert duplicates(View(rows, chunk=chunk)).item() == (counts[which.ravel()] > 1).mean()


def test_every_copy_counts_and_its_original_too():
    x = points(10, 4, 0)
    assert duplicates(View(torch.cat([x, x[:2], x[:1]]))).item() == pytest.approx(5 / 13)


def test_a_last_bit_makes_a_difference_and_the_sign_of_zero_does_not():
    x = torch.tensor([[1.0, 0.0], [1.0 + 2**-52, 0.0]], dtype=torch.float64)
    assert duplicates(View(x)) == 0
    assert duplicates(View(torch.tensor([[1.0, 0.0], [1.0, -0.0]]))) == 1


def test_swapped_columns_and_opposite_signs_are_different_rows():
    assert duplicates(View(torch.tensor([[1.0, 2.0], [2.0, 1.0], [-1.0, -2.0], [1.0, -2.0], [-1.0, 2.0]]))) == 0


def test_a_million_different_samples_take_seconds():
    x = torch.rand(1_000_000, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    began = time.perf_counter()
    assert duplicates(View(x)) == 0
    assert time.perf_counter() - began < 10


def test_few_outputs_collide_as_often_as_the_closed_form_says():
    k, n = 500, 400
    x = torch.randint(k, (n, 1), generator=torch.Generator().manual_seed(0)).double()
    assert duplicates(View(x)).item() == pytest.approx(1 - (1 - 1 / k) ** (n - 1), abs=0.1)


def test_near_duplicates_agree_with_scikit_learn():
    fake, real = points(250, 3, 0), points(250, 3, 1)
    own, limit = (NearestNeighbors(n_neighbors=1).fit(x.numpy()).kneighbors()[0][:, 0] for x in (fake, real))
    assert float(near_duplicates(View(fake, real))) == (own <= np.sort(limit)[1]).mean()


def test_near_duplicates_of_a_perfect_generator_are_about_one_in_a_hundred():
    values = torch.stack(
        [near_duplicates(View(points(300, 2, 2 * i), points(400, 2, 2 * i + 1))).value for i in range(60)]
    )
    assert 0.008 < values.mean() < 0.018


def test_outputs_with_a_little_noise_are_near_duplicates_but_not_duplicates():
    few = points(20, 5, 0)[torch.arange(300) % 20] + 1e-6 * points(300, 5, 1)
    view = View(few, points(300, 5, 2))
    assert near_duplicates(view).value == 1
    assert duplicates(view) == 0


def test_more_samples_than_real_ones_are_no_duplicates_for_it():
    values = [float(near_duplicates(View(points(800, 2, 2 * i), points(200, 2, 2 * i + 1)))) for i in range(20)]
    assert sum(values) / 20 < 0.03


def test_a_single_sample_has_no_neighbour():
    with pytest.raises(BadData, match="at least 2 samples"):
        near_duplicates(View(points(1, 2, 0), points(9, 2, 1)))
