from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from gancheck.cloud import CHUNK, Cloud
from gancheck.neighbours import distances, nearest, radii


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("d", [2, 40])
@pytest.mark.parametrize("chunk", [8, 800, CHUNK])
def test_radii_are_those_of_scikit_learn_in_chunks_of_any_size(d: int, chunk: int):
    x = points(60, d)
    oracle, _ = NearestNeighbors(n_neighbors=6).fit(x.numpy()).kneighbors()
    np.testing.assert_allclose(radii(Cloud(x, chunk), 6).numpy(), oracle, rtol=1e-9)


@pytest.mark.parametrize("d", [2, 40])
def test_an_offset_a_million_times_the_spread_leaves_distances_alone(d: int):
    x = points(50, d)
    here, there = radii(Cloud(x), 3), radii(Cloud(x + 1e6), 3)
    assert torch.allclose(here, there, rtol=1e-8)


@pytest.mark.parametrize("d", [2, 16, 17, 300])
def test_copies_are_at_distance_zero_to_the_last_bit(d: int):
    x = (points(40, d) * 1000).float()
    doubled = Cloud(torch.cat([x, x]))
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
    assert torch.equal(nearest(Cloud(x, 100_000), 5).which, torch.from_numpy(oracle))


@pytest.mark.parametrize("d", [2, 40])
def test_more_copies_than_neighbours_are_all_at_distance_zero(d: int):
    x = torch.cat([points(50, d), points(1, d, 1).repeat(30, 1)]).float()
    assert torch.equal(radii(Cloud(x), 3)[50:], torch.zeros(30, 3, dtype=torch.float64))
    assert (radii(Cloud(x), 3)[:50] > 0).all()


@pytest.mark.parametrize("d", [2, 40])
def test_fewer_samples_than_neighbours_have_infinite_radii(d: int):
    assert radii(Cloud(points(3, d)), 4)[:, 2:].isinf().all()
