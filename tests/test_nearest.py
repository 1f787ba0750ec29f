from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from gancheck.cloud import CHUNK, Cloud
from gancheck.nearest import across, nearest, rarely_below


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("d", [2, 40])
@pytest.mark.parametrize("chunk", [8, 800, CHUNK])
def test_nearest_is_that_of_scikit_learn_in_chunks_of_any_size(d: int, chunk: int):
    x, y = points(60, d, 0), points(45, d, 1)
    distance, index = nearest(Cloud(x, chunk), Cloud(y, chunk))
    theirs = NearestNeighbors(n_neighbors=1).fit(y.numpy()).kneighbors(x.numpy())
    np.testing.assert_allclose(distance, theirs[0][:, 0], rtol=1e-9)
    np.testing.assert_array_equal(index, theirs[1][:, 0])


@pytest.mark.parametrize("chunk", [8, 800, CHUNK])
def test_the_one_not_to_take_is_left_out(chunk: int):
    x = points(50, 3, 0)
    distance, index = nearest(Cloud(x[10:30], chunk), Cloud(x, chunk), torch.arange(10, 30))
    theirs = NearestNeighbors(n_neighbors=1).fit(x.numpy()).kneighbors()
    np.testing.assert_allclose(distance, theirs[0][10:30, 0], rtol=1e-9)
    np.testing.assert_array_equal(index, theirs[1][10:30, 0])
    assert nearest(Cloud(x[:1]), Cloud(x[:1]), torch.zeros(1, dtype=torch.int64))[0].isinf().all()


@pytest.mark.parametrize("chunk", [8, 800, CHUNK])
def test_one_pass_gives_the_neighbours_of_both_sides(chunk: int):
    x, y = points(40, 5, 0), points(30, 5, 1)
    found = across(Cloud(x, chunk), Cloud(y, chunk), 4)
    for ours, (a, b) in zip(found, ((x, y), (y, x)), strict=True):
        theirs, _ = NearestNeighbors(n_neighbors=4).fit(b.numpy()).kneighbors(a.numpy())
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize(("m", "expected"), [(9, 0.1), (99, 0.01), (150, 1 / 151), (1999, 0.01)])
def test_a_new_distance_is_rarely_below_with_the_chance_that_is_stated(m: int, expected: float):
    # Of m + 1 draws in a row the last has any rank with the same chance: leave each out once.
    draws = torch.rand(m + 1, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    below = sum(draws[i] <= rarely_below(torch.cat([draws[:i], draws[i + 1 :]])) for i in range(m + 1))
    assert float(below) / (m + 1) == pytest.approx(expected)
