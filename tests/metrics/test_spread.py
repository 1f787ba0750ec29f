from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from scipy.stats import chi2

from gancheck.datasets.base import Assignment, Facet
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.spread import mode_spread, mode_spread_min, spread


def grouped(*facets: tuple[torch.Tensor, torch.Tensor], deviations: torch.Tensor) -> View:
    """A view whose samples are all good and whose facets are these (features, group) pairs."""
    n = len(facets[0][1])
    assignment = Assignment(torch.zeros(n, dtype=torch.int64), torch.zeros(n))
    modes = Modes(assignment, tuple(Facet(*facet) for facet in facets), torch.ones(1), deviations)
    return View(torch.zeros(n, 1), modes=modes)


def noise(groups: int, each: int, p: int = 2, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Unit Gaussians around a distant centre in every group."""
    generator = torch.Generator().manual_seed(seed)
    group = torch.arange(groups).repeat_interleave(each)
    centre = 1000 * torch.randn(groups, p, dtype=torch.float64, generator=generator)
    return centre[group] + torch.randn(groups * each, p, dtype=torch.float64, generator=generator), group


def test_groups_are_measured_about_their_own_mean_and_weighted_by_their_samples():
    first, second = torch.randn(40, 3, dtype=torch.float64), 7 * torch.randn(20, 3, dtype=torch.float64) + 100
    group = torch.tensor([0] * 40 + [1] * 20)
    ratios = [x.var(0).mean().sqrt().item() / s for x, s in ((first, 2.0), (second, 5.0))]
    expected = sum(n * min(r, 1 / r) for n, r in zip((40, 20), ratios, strict=True)) / 60
    view = grouped((torch.cat([first, second]), group), deviations=torch.tensor([2.0, 5.0]))
    assert spread(view).item() == pytest.approx(expected, rel=1e-12)
    assert mode_spread(view).item() == pytest.approx((ratios[0] ** 2 + ratios[1] ** 2) / 2, rel=1e-12)


def test_samples_half_as_wide_have_half_the_spread_and_so_have_samples_twice_as_wide():
    x, group = noise(5, 200)
    healthy = spread(grouped((x, group), deviations=torch.ones(5))).item()
    assert healthy == pytest.approx(1, abs=0.05)
    narrow = grouped((x / 2, group), deviations=torch.ones(5))
    wide = grouped((x * 2, group), deviations=torch.ones(5))
    assert spread(narrow).item() == pytest.approx(0.5, abs=0.03)
    assert spread(wide).item() == pytest.approx(0.5, abs=0.03)
    assert mode_spread(narrow).item() == pytest.approx(0.25, abs=0.03)
    assert mode_spread(wide).item() == pytest.approx(4, abs=0.4)


@pytest.mark.parametrize("each", [2, 3, 9])
def test_small_groups_are_pooled_without_bias(each: int):
    x, group = noise(1500, each)
    assert mode_spread(grouped((x, group), deviations=torch.ones(1500))).item() == pytest.approx(1, abs=0.06)
    assert spread(grouped((x, group), deviations=torch.ones(1500))).item() > 0.96


def test_pooled_groups_are_each_measured_in_their_own_real_units():
    x, group = noise(1000, 3)
    units = torch.linspace(1, 50, 1000, dtype=torch.float64)
    plain = mode_spread(grouped((x, group), deviations=torch.ones(1000)))
    assert mode_spread(grouped((x * units[group, None], group), deviations=units)).item() == pytest.approx(plain.item())


def test_small_groups_weigh_together_what_their_samples_weigh():
    x, group = noise(1, 30)
    few, small = noise(5, 2, seed=1)
    both = torch.cat([x, few * 0.0]), torch.cat([group, small + 1])
    alone = spread(grouped((x, group), deviations=torch.ones(1))).item()
    assert spread(grouped(both, deviations=torch.ones(6))).item() == pytest.approx(alone * 30 / 40)


def test_facets_count_alike():
    good, group = noise(3, 400)
    view = grouped((good, group), (good * 0.5, group), deviations=torch.ones(3))
    assert spread(view).item() == pytest.approx(0.75, abs=0.03)


def test_one_sample_in_every_group_says_nothing_about_spread():
    x, group = noise(20, 1)
    view = grouped((x, group), deviations=torch.ones(20))
    assert spread(view) == 0
    assert mode_spread(view) == 0


def test_samples_off_the_modes_are_left_out(ring: Any):
    x = ring.draw(3)
    far = torch.cat([x[:1000], x[1000:] * 3])
    inside = ring.modes(x).good[:1000]
    near = x[:1000][inside]
    assert spread(ring.view(far)).item() == pytest.approx(spread(View(near, modes=ring.modes(near))).item(), rel=1e-12)


def test_nothing_captured_has_no_spread(ring: Any):
    assert spread(ring.view(ring.draw(3) * 2)) == 0
    assert mode_spread(ring.view(ring.draw(3) * 2)) == 0


def test_a_real_draw_is_as_wide_as_real_data_inside_the_radius(ring: Any):
    assert spread(ring.real_row) > 0.96
    assert mode_spread(ring.real_row).item() == pytest.approx(1, abs=0.08)


def test_ceiling_of_a_perfect_generator_is_the_one_of_the_docstring():
    x, group = noise(400, 50)
    expected = 1 - 1 / math.sqrt(math.pi * 2 * 49)
    assert spread(grouped((x, group), deviations=torch.ones(400))).item() == pytest.approx(expected, abs=0.006)


def test_the_most_collapsed_group_is_the_smallest_ratio():
    first, second = torch.randn(40, 3, dtype=torch.float64), 7 * torch.randn(20, 3, dtype=torch.float64) + 100
    group = torch.tensor([0] * 40 + [1] * 20)
    ratios = [x.var(0).mean().item() / s**2 for x, s in ((first, 2.0), (second, 5.0))]
    view = grouped((torch.cat([first, second]), group), deviations=torch.tensor([2.0, 5.0]))
    assert mode_spread_min(view).item() == pytest.approx(min(ratios), rel=1e-12)


def test_groups_too_small_to_measure_cannot_be_the_most_collapsed():
    x, group = noise(3, 200)
    small, few = noise(1, 9, seed=1)
    both = torch.cat([x, small * 0.0]), torch.cat([group, few + 3])
    assert mode_spread_min(grouped(both, deviations=torch.ones(4))).item() == pytest.approx(1, abs=0.2)


def test_without_any_large_group_the_pool_decides():
    x, group = noise(1500, 3)
    view = grouped((x, group), deviations=torch.ones(1500))
    assert mode_spread_min(view) == mode_spread(view)


def test_smallest_ratio_of_a_perfect_generator_is_about_that_of_the_docstring():
    x, group = noise(400, 50)
    expected = chi2.ppf(1 / 400, 98) / 98
    assert mode_spread_min(grouped((x, group), deviations=torch.ones(400))).item() == pytest.approx(expected, abs=0.12)


def test_nothing_captured_has_no_smallest_ratio(ring: Any):
    assert mode_spread_min(ring.view(ring.draw(3) * 2)) == 0
