from __future__ import annotations

import pytest
import torch

from gancheck.numerics import neighbour_balls, neighbours
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbour_balls import ball_membership
from gancheck.numerics.neighbour_trees import REPEATS, tree_serves
from gancheck.numerics.neighbours import k_nearest, k_nearest_across, k_nearest_exhaustive, nearest_in


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def without_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (neighbours, neighbour_balls):
        monkeypatch.setattr(module, "tree_serves", lambda features: False)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_a_tree_finds_the_neighbours_of_an_exhaustive_search(d: int) -> None:
    x = torch.cat([points(200, d), points(10, d).repeat(3, 1)])
    assert tree_serves(FeatureSet(x))
    found, expected = k_nearest(FeatureSet(x), 4), k_nearest_exhaustive(FeatureSet(x), 4)
    torch.testing.assert_close(found.distance, expected.distance, rtol=1e-12, atol=0)
    assert (found.which != torch.arange(len(x))[:, None]).all()


def test_a_point_that_is_there_too_often_for_a_tree_is_searched_otherwise() -> None:
    x = torch.cat([points(50, 2), torch.zeros(REPEATS + 1, 2, dtype=torch.float64)])
    assert not tree_serves(FeatureSet(x))
    assert torch.equal(k_nearest(FeatureSet(x), 2).distance[50:], torch.zeros(REPEATS + 1, 2, dtype=torch.float64))


def test_the_one_not_to_take_is_left_out_even_where_it_has_copies() -> None:
    x = torch.cat([points(30, 3), points(30, 3)])
    distance, index = nearest_in(FeatureSet(x), FeatureSet(x), torch.arange(60))
    assert torch.equal(distance, torch.zeros(60, dtype=torch.float64))
    assert (index == (torch.arange(60) + 30) % 60).all()


@pytest.mark.usefixtures("without_trees")
def test_both_sides_of_a_pass_agree_with_a_tree() -> None:
    a, b = points(90, 3), points(70, 3, 1)
    expected = k_nearest_across(FeatureSet(a), FeatureSet(b), 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "tree_serves", tree_serves)
        found = k_nearest_across(FeatureSet(a), FeatureSet(b), 3)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=0)


@pytest.mark.parametrize("width", [0.1, 1.0, 10.0])
def test_balls_hold_the_same_points_by_a_tree(width: float, monkeypatch: pytest.MonkeyPatch) -> None:
    real = torch.cat([points(150, 2), points(5, 2).repeat(4, 1)])
    fake = torch.cat([points(120, 2, 1) * width, real[:20]])
    by_tree = ball_membership(FeatureSet(fake), FeatureSet(real), (3, 5))
    for module in (neighbours, neighbour_balls):
        monkeypatch.setattr(module, "tree_serves", lambda features: False)
    by_pairs = ball_membership(FeatureSet(fake), FeatureSet(real), (3, 5))
    for k in (3, 5):
        for part in ("inside", "clipped", "reached", "held"):
            assert torch.equal(getattr(by_tree[k], part), getattr(by_pairs[k], part)), (k, part)


def test_values_too_large_to_square_are_searched_otherwise() -> None:
    x = points(20, 2) * 1e160
    assert k_nearest(FeatureSet(x), 2).which.shape == (20, 2)
