from __future__ import annotations

import pytest
import torch

from gancheck.datasets.mixtures.grid import Grid
from gancheck.datasets.mixtures.imbalanced import Imbalanced
from gancheck.datasets.mixtures.ring import Ring
from gancheck.errors import BadParameter, UnknownName


def test_largest_share_is_ratio_times_the_smallest() -> None:
    weights = Imbalanced(ratio=50.0).weights
    assert (weights[0] / weights[-1]).item() == pytest.approx(50)
    assert weights.sum().item() == pytest.approx(1)
    steps = weights[1:] / weights[:-1]
    torch.testing.assert_close(steps, steps[:1].expand(7))


def test_ratio_of_one_is_the_balanced_mixture() -> None:
    torch.testing.assert_close(Imbalanced(ratio=1.0).weights, Ring().weights)


def test_own_shares_are_used_as_given() -> None:
    data = Imbalanced("ring(modes=3)", shares=(0.7, 0.2, 0.1))
    assert data.weights.tolist() == pytest.approx([0.7, 0.2, 0.1])


def test_layout_takes_the_parameters_of_the_balanced_mixture() -> None:
    data, grid = Imbalanced("grid(side=3, sigma=0.1)"), Grid(side=3, sigma=0.1)
    assert torch.equal(data.centres, grid.centres)
    assert data.reach == grid.reach


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        ((0.5, 0.5), "2 shares for 3 modes"),
        ((0.5, 0.2, 0.2), "must sum to 1"),
        ((1.2, -0.1, -0.1), "above 0"),
        ((1.0, 0.0, 0.0), "above 0"),
        ((float("nan"), 0.5, 0.5), "above 0|sum to 1"),
    ],
)
def test_shares_that_are_no_distribution_over_the_modes_are_refused(shares: tuple[float, ...], says: str) -> None:
    with pytest.raises(BadParameter, match=says):
        Imbalanced("ring(modes=3)", shares=shares)


@pytest.mark.parametrize("ratio", [0.5, 0.0, -3.0, float("inf"), float("nan")])
def test_ratio_below_one_is_refused(ratio: float) -> None:
    with pytest.raises(BadParameter, match="ratio"):
        Imbalanced(ratio=ratio)


def test_unknown_layout_is_refused_with_a_hint() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'ring'"):
        Imbalanced("rng")
    with pytest.raises(UnknownName, match="Did you mean 'modes'"):
        Imbalanced("ring(mode=3)")
