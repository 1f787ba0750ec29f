from __future__ import annotations

import pytest
import torch

from gancheck.numerics.distances import distances, squared_distances
from gancheck.numerics.features import CHUNK, FeatureSet
from gancheck.numerics.neighbours import k_nearest, nearest_in


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def tiny_clusters(n: int, d: int, width: float, seed: int = 0) -> torch.Tensor:
    """Two clusters so narrow, at corners 1 apart, that matrix products see a point each."""
    corners = torch.eye(2, d, dtype=torch.float64) + 1
    return corners[torch.arange(n) % 2] + width * points(n, d, seed)


def from_differences(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.stack([(y - row).norm(dim=1) for row in x])


@pytest.mark.parametrize("width", [1e-5, 1e-7, 1e-9, 1e-12])
@pytest.mark.parametrize("d", [25, 300])
def test_distances_inside_tiny_clusters_are_those_of_the_differences(d: int, width: float) -> None:
    x, y = tiny_clusters(60, d, width), tiny_clusters(50, d, width, 1)
    torch.testing.assert_close(distances(x, y), from_differences(x, y), rtol=1e-6, atol=0)


def test_tiny_clusters_inside_tiny_clusters_are_told_apart() -> None:
    x = tiny_clusters(60, 30, 1e-5)
    x = torch.cat([x, x + 1e-11 * points(60, 30, 2)])
    torch.testing.assert_close(distances(x, x), from_differences(x, x), rtol=1e-5, atol=0)


def test_a_few_near_copies_are_measured_and_repeats_stay_at_zero() -> None:
    x = points(100, 40)
    y = torch.cat([x[:3] + 1e-10, x[3:6], points(60, 40, 1)])
    made = distances(x, y)
    torch.testing.assert_close(made, from_differences(x, y), rtol=1e-6, atol=0)
    assert (made[range(3, 6), range(3, 6)] == 0).all()


def test_one_point_over_and_over_is_at_distance_zero() -> None:
    x = points(1, 40).repeat(30, 1)
    assert (squared_distances(x, x, points(1, 40, 1)[0]) == 0).all()


def test_ordinary_distances_are_those_of_the_matrix_product_to_the_last_bit() -> None:
    x, y = points(50, 40), points(40, 40, 1)
    a, b = x - x.mean(0), y - x.mean(0)
    product = torch.addmm(b.square().sum(1), a, b.T, alpha=-2).add_(a.square().sum(1)[:, None])
    assert torch.equal(squared_distances(x, y), product)


@pytest.mark.parametrize("chunk", [8_000, CHUNK])
def test_neighbours_inside_tiny_clusters_are_those_of_the_same_clusters_at_full_width(chunk: int) -> None:
    wide = points(80, 25) + 1e6 * (torch.arange(80) % 2)[:, None]
    narrow = points(80, 25) * 1e-9 + (torch.arange(80) % 2)[:, None].double()
    found, expected = (k_nearest(FeatureSet(x, chunk), 3) for x in (narrow, wide))
    assert (found.which == expected.which).double().mean() > 0.99
    torch.testing.assert_close(found.distance * 1e9, expected.distance, rtol=1e-5, atol=0)
    others = FeatureSet(narrow[40:], chunk)
    assert (nearest_in(FeatureSet(narrow[:40], chunk), others)[0] > 0).all()
