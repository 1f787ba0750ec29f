from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from gancheck.datasets.base import Assignment, Facet
from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.modes import diversity, effective_modes, modes, modes_any, modes_argmax, modes_half, modes_quarter


def counted(counts: list[int], off: int = 0, weights: list[float] | None = None) -> View:
    """A view with so many high-quality samples in each mode, and some off all modes."""
    label = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    label = torch.cat([label, torch.zeros(off, dtype=torch.int64)])
    distance = torch.cat([torch.zeros(sum(counts)), torch.full((off,), 2.0)])
    shares = torch.tensor(weights or [1 / len(counts)] * len(counts))
    facet = Facet(torch.zeros(len(label), 1), label)
    return View(torch.zeros(len(label), 1), modes=Modes(Assignment(label, distance), (facet,), shares, shares))


def test_a_mode_counts_from_a_tenth_of_its_share_on():
    assert modes(counted([25, 24, 450, 501])) == 3  # 1,000 samples, a quarter each: 25 are asked for
    assert modes_any(counted([25, 24, 450, 501])) == 4


def test_rare_modes_are_asked_for_their_own_share_only():
    assert modes(counted([1, 99], weights=[0.1, 0.9])) == 2
    assert modes(counted([0, 100], weights=[0.1, 0.9])) == 1


def test_one_sample_is_the_least_a_mode_must_hold():
    assert modes(counted([1, 0, 1], weights=[0.01, 0.01, 0.98])) == 2


def test_samples_off_the_modes_do_not_count_but_raise_what_is_asked():
    assert modes(counted([10, 10], off=60)) == 2
    assert modes(counted([4, 10], off=86)) == 1


@pytest.mark.parametrize(("counts", "expected"), [([5, 5, 5, 5], 4), ([7, 0, 0], 1), ([5, 5, 0, 0], 2), ([0, 0], 0)])
def test_equal_modes_are_as_many_effective_modes(counts: list[int], expected: int):
    assert effective_modes(counted(counts, off=3)).item() == pytest.approx(expected, rel=1e-12)


def test_uneven_modes_are_worth_fewer():
    expected = math.exp(-0.9 * math.log(0.9) - 0.1 * math.log(0.1))
    assert effective_modes(counted([90, 10])).item() == pytest.approx(expected)


def test_half_the_ring_has_half_the_diversity_and_a_real_draw_all_of_it(ring: Any):
    half = ring.view(ring.draw(5, torch.tensor([1.0, 1, 1, 1, 0, 0, 0, 0])))
    assert diversity(half).item() == pytest.approx(0.5, abs=0.01)
    assert diversity(ring.view(ring.draw(6))).item() == pytest.approx(1, abs=0.01)
    assert diversity(ring.real_row) == 1


def test_diversity_beside_a_real_draw_off_all_modes_is_refused():
    view = counted([5, 5])
    real = counted([5, 5])
    label, distance = real.modes.assignment
    view.yardstick = View(real.fake, modes=replace(real.modes, assignment=Assignment(label, distance + 2)))
    with pytest.raises(BadData, match="no high-quality sample"):
        diversity(view)


def test_captured_modes_of_a_perfect_generator_are_as_many_as_the_docstring_says():
    label = torch.randint(1000, (2500,), generator=torch.Generator().manual_seed(0))
    counts = torch.bincount(label[: int(2500 * 0.98889)], minlength=1000).tolist()
    assert modes_any(counted(counts, off=28)).item() == pytest.approx(916, abs=25)


def test_stricter_rules_ask_for_a_quarter_and_for_half_of_a_share():
    """1,000 samples, a fifth each: 20, 50 and 100 are asked for."""
    view = counted([19, 49, 50, 99, 783])
    assert [rule(view) for rule in (modes, modes_quarter, modes_half)] == [4, 3, 1]
    assert modes_half(counted([100, 100, 100, 100, 600])) == 5


def test_stricter_rules_ask_rare_modes_for_their_own_share_and_for_one_sample_at_least():
    assert modes_half(counted([5, 95], weights=[0.1, 0.9])) == 2
    assert modes_half(counted([4, 96], weights=[0.1, 0.9])) == 1
    assert modes_half(counted([0, 1, 99], weights=[0.001, 0.001, 0.998])) == 2


def test_samples_that_are_good_under_half_the_time_cannot_hold_half_of_every_mode():
    assert modes_half(counted([10, 10], off=20)) == 2
    assert modes_half(counted([10, 10], off=21)) == 0


def test_the_nearest_mode_counts_whatever_the_quality():
    """`counted` puts what is off all modes nearest to the first."""
    assert modes_argmax(counted([0, 1, 9], off=5)) == 3
    assert modes_argmax(counted([0, 1, 9])) == 2
    assert modes_any(counted([0, 1, 9], off=5)) == 2
    assert modes_argmax(counted([0, 0, 0], off=5)) == 1


def test_noise_has_every_nearest_mode_and_hardly_holds_one(ring: Any):
    view = ring.view(4 * torch.rand(2000, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) - 2)
    assert modes_argmax(view) == 8
    assert modes(view) == 0
