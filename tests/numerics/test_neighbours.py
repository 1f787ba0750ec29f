from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from gancheck.numerics.distances import distances
from gancheck.numerics.features import CHUNK, FeatureSet
from gancheck.numerics.neighbours import distance_quantile, k_nearest, k_nearest_across, nearest_in, radii


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("d", [2, 40])
@pytest.mark.parametrize("chunk", [8, 800, CHUNK])
def test_radii_are_those_of_scikit_learn_in_chunks_of_any_size(d: int, chunk: int):
    x = points(60, d)
    oracle, _ = NearestNeighbors(n_neighbors=6).fit(x.numpy()).kneighbors()
    np.testing.assert_allclose(radii(FeatureSet(x, chunk), 6).numpy(), oracle, rtol=1e-9)


@pytest.mark.parametrize("d", [2, 40])
def test_an_offset_a_million_times_the_spread_leaves_distances_alone(d: int):
    x = points(50, d)
    here, there = radii(FeatureSet(x), 3), radii(FeatureSet(x + 1e6), 3)
    assert torch.allclose(here, there, rtol=1e-8)


@pytest.mark.parametrize("d", [2, 16, 17, 300])
def test_copies_are_at_distance_zero_to_the_last_bit(d: int):
    x = (points(40, d) * 1000).float()
    doubled = FeatureSet(torch.cat([x, x]))
    assert torch.equal(radii(doubled, 1), torch.zeros(80, 1, dtype=torch.float64))
    across = distances(x.double(), x.double(), doubled.mean)
    assert torch.equal(across.diagonal(), torch.zeros(40, dtype=torch.float64))
    assert (across + torch.eye(40) > 0).all()


def test_distances_are_symmetric_to_the_last_bit_in_the_plane():
    x, y = points(30, 2), points(30, 2, seed=1)
    assert torch.equal(distances(x, y, x[0]), distances(y, x, x[0]).T)


def test_neighbours_are_those_of_scikit_learn():
    x = points(300, 60).float()
    oracle = NearestNeighbors(n_neighbors=5).fit(x.double().numpy()).kneighbors()[1]
    assert torch.equal(k_nearest(FeatureSet(x, 100_000), 5).which, torch.from_numpy(oracle))


@pytest.mark.parametrize("d", [2, 40])
def test_more_copies_than_neighbours_are_all_at_distance_zero(d: int):
    x = torch.cat([points(50, d), points(1, d, 1).repeat(30, 1)]).float()
    assert torch.equal(radii(FeatureSet(x), 3)[50:], torch.zeros(30, 3, dtype=torch.float64))
    assert (radii(FeatureSet(x), 3)[:50] > 0).all()


@pytest.mark.parametrize("d", [2, 40])
def test_fewer_samples_than_neighbours_have_infinite_radii(d: int):
    assert radii(FeatureSet(points(3, d)), 4)[:, 2:].isinf().all()


def points_of_two(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("d", [2, 40])
@pytest.mark.parametrize("chunk", [8, 800, CHUNK])
def test_nearest_is_that_of_scikit_learn_in_chunks_of_any_size(d: int, chunk: int):
    x, y = points_of_two(60, d, 0), points_of_two(45, d, 1)
    distance, index = nearest_in(FeatureSet(x, chunk), FeatureSet(y, chunk))
    theirs = NearestNeighbors(n_neighbors=1).fit(y.numpy()).kneighbors(x.numpy())
    np.testing.assert_allclose(distance, theirs[0][:, 0], rtol=1e-9)
    np.testing.assert_array_equal(index, theirs[1][:, 0])


@pytest.mark.parametrize("chunk", [8, 800, CHUNK])
def test_the_one_not_to_take_is_left_out(chunk: int):
    x = points_of_two(50, 3, 0)
    distance, index = nearest_in(FeatureSet(x[10:30], chunk), FeatureSet(x, chunk), torch.arange(10, 30))
    theirs = NearestNeighbors(n_neighbors=1).fit(x.numpy()).kneighbors()
    np.testing.assert_allclose(distance, theirs[0][10:30, 0], rtol=1e-9)
    np.testing.assert_array_equal(index, theirs[1][10:30, 0])
    assert nearest_in(FeatureSet(x[:1]), FeatureSet(x[:1]), torch.zeros(1, dtype=torch.int64))[0].isinf().all()


@pytest.mark.parametrize("chunk", [8, 800, CHUNK])
def test_one_pass_gives_the_neighbours_of_both_sides(chunk: int):
    x, y = points_of_two(40, 5, 0), points_of_two(30, 5, 1)
    found = k_nearest_across(FeatureSet(x, chunk), FeatureSet(y, chunk), 4)
    for ours, (a, b) in zip(found, ((x, y), (y, x)), strict=True):
        theirs, _ = NearestNeighbors(n_neighbors=4).fit(b.numpy()).kneighbors(a.numpy())
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize(("m", "expected"), [(9, 0.1), (99, 0.01), (150, 1 / 151), (1999, 0.01)])
def test_a_new_distance_is_rarely_below_with_the_chance_that_is_stated(m: int, expected: float):
    # Of m + 1 draws in a row the last has any rank with the same chance: leave each out once.
    draws = torch.rand(m + 1, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    below = sum(draws[i] <= distance_quantile(torch.cat([draws[:i], draws[i + 1 :]])) for i in range(m + 1))
    assert float(below) / (m + 1) == pytest.approx(expected)
