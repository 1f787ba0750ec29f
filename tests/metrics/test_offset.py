from __future__ import annotations

from typing import Any

import pytest
import torch

from gancheck.datasets.base import Assignment, Facet
from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.offset import mode_offset

UNITS = torch.tensor([2.0, 5.0])


def grouped(x: torch.Tensor, group: torch.Tensor, yardstick: View | None = None) -> View:
    """All samples good, in two groups with real deviations 2 and 5."""
    n = len(group)
    modes = Modes(Assignment(group, torch.zeros(n)), (Facet(x, group),), torch.full((2,), 0.5), UNITS)
    return View(x, modes=modes, yardstick=yardstick)


def noise(each: int, seed: int, p: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    group = torch.tensor([0] * each + [1] * each)
    drawn = torch.randn(2 * each, p, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return 1e6 * group[:, None] + UNITS[group, None] * drawn, group


def shifted(each: int, seed: int, shift: float) -> View:
    """Samples of which the first group is off by `shift` real deviations along every feature."""
    x, group = noise(each, seed)
    return grouped(x + shift * UNITS[0] * (group == 0)[:, None], group, grouped(*noise(each, seed + 10_000)))


def test_shifted_modes_are_off_by_the_root_mean_square_of_the_shifts():
    assert float(mode_offset(shifted(4000, 0, 1.0))) == pytest.approx(0.5**0.5, rel=0.03)


def test_the_noise_of_few_samples_is_taken_away():
    squares = torch.stack([mode_offset(shifted(3, seed, 2.0)).square() for seed in range(400)])
    assert squares.mean() == pytest.approx(2, abs=4 * float(squares.std()) / 400**0.5)


def test_a_perfect_generator_gets_nothing_half_of_the_time_and_little_else():
    found = torch.stack([mode_offset(shifted(50, seed, 0.0)) for seed in range(200)])
    assert 0.4 < (found == 0).double().mean() < 0.7
    assert found.max() < 4 * (2 / 50) ** 0.5


def test_a_real_draw_is_no_distance_from_itself():
    view = grouped(*noise(20, 0))
    view.yardstick = view
    assert float(mode_offset(view)) == 0


def test_groups_with_fewer_than_two_samples_on_a_side_are_left_out():
    x, group = noise(100, 0)
    real = grouped(*noise(100, 1))
    last = torch.arange(200) == 199
    group_of_one = grouped(x, torch.where(last, 1, 0), real)
    both = grouped(x + 30 * (group == 0)[:, None], group, real)
    only_second = grouped(x[100:].repeat(2, 1), group[100:].repeat(2), real)
    assert float(mode_offset(group_of_one)) > 1e4
    assert float(mode_offset(both)) > 10
    assert float(mode_offset(only_second)) < 0.5


def test_nothing_captured_has_no_place(ring: Any):
    with pytest.raises(BadData, match="2 high-quality samples on both sides"):
        mode_offset(ring.view(ring.draw(3) * 2))
