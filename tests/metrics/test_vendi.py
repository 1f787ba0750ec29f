from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import cosine_similarity

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.vendi import vendi, vendi_2, vendi_ratio


def points(n: int, d: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("n", "d"), [(60, 7), (7, 60), (30, 30)])
def test_is_the_entropy_of_scikit_learns_similarities_on_either_side(n: int, d: int):
    values = np.linalg.eigvalsh(cosine_similarity(points(n, d).numpy()) / n).clip(1e-300)
    assert vendi(View(points(n, d))).item() == pytest.approx(np.exp(-(values * np.log(values)).sum()), rel=1e-9)


def test_samples_at_right_angles_are_all_different_and_copies_are_one():
    assert vendi(View(torch.eye(9))).item() == pytest.approx(9)
    assert vendi(View(torch.ones(50, 3))).item() == pytest.approx(1)
    assert vendi(View(points(40, 3) @ torch.tensor([[1.0], [1], [1]], dtype=torch.float64).abs())) <= 2


def test_two_groups_at_right_angles_weigh_by_their_shares():
    x = torch.tensor([[1.0, 0.0]] * 30 + [[0.0, 2.0]] * 10)
    expected = math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    assert vendi(View(x)).item() == pytest.approx(expected)


def test_samples_at_the_origin_are_copies_of_one_another_and_unlike_all_others():
    assert vendi(View(torch.zeros(8, 3))).item() == 1
    x = torch.tensor([[1.0, 0.0]] * 10 + [[0.0, 0.0]] * 10)
    assert vendi(View(x)).item() == pytest.approx(2)


def test_scale_of_the_samples_does_not_matter():
    assert vendi(View(points(30, 4) * 1e6)).item() == pytest.approx(vendi(View(points(30, 4))).item())


def test_ratio_compares_with_a_real_draw_of_the_same_size():
    real = View(torch.eye(8))
    assert vendi_ratio(View(torch.eye(8)[:4].repeat(2, 1), yardstick=real)).item() == pytest.approx(0.5)
    with pytest.raises(BadData, match="equally many"):
        vendi_ratio(View(torch.eye(8)[:4], yardstick=real))


@pytest.mark.parametrize(("n", "d"), [(60, 7), (7, 60), (600, 300), (300, 600)])
def test_order_two_is_the_mean_squared_similarity_on_either_side(n: int, d: int):
    expected = 1 / (cosine_similarity(points(n, d).numpy()) ** 2).mean()
    assert vendi_2(View(points(n, d))).item() == pytest.approx(expected, rel=1e-9)


def test_order_two_counts_directions_too_and_never_more_than_order_one():
    assert vendi_2(View(torch.eye(9))).item() == pytest.approx(9)
    assert vendi_2(View(torch.zeros(8, 3))).item() == 1
    assert vendi_2(View(points(50, 6))).item() < vendi(View(points(50, 6))).item()
