from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from gancheck.cloud import CHUNK, Cloud
from gancheck.errors import BadData
from gancheck.neighbours import balls, distances, radii


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


def test_too_few_samples_for_k_neighbours_are_refused():
    with pytest.raises(BadData, match="5 neighbours need at least 6 samples on both sides, got 5"):
        balls(Cloud(points(5, 2)), Cloud(points(9, 2)), (3, 5))
    with pytest.raises(BadData, match="need at least"):
        balls(Cloud(points(5, 2)), Cloud(points(9, 2)), (0,))


def test_a_reference_of_one_repeated_point_is_refused():
    with pytest.raises(BadData, match="all reference samples are the same"):
        balls(Cloud(points(9, 2)), Cloud(torch.ones(9, 2)), (3,))
