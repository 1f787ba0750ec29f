from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from gancheck.datasets.base import Assignment, Facet
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.histogram import forward_kl, jsd, overlap, reverse_kl, tv


def counted(counts: list[int], off: int = 0, weights: list[float] | None = None, ceiling: float = 1.0) -> View:
    """A view with so many high-quality samples in each mode, and some off all modes."""
    label = torch.repeat_interleave(torch.arange(len(counts) + 1), torch.tensor([*counts, off])) % len(counts)
    distance = (torch.arange(len(label)) >= sum(counts)).float() * 2
    shares = torch.tensor(weights or [1 / len(counts)] * len(counts), dtype=torch.float64)
    facet, x = Facet(torch.zeros(len(label), 1), label), torch.zeros(len(label), 1)
    return View(x, modes=Modes(Assignment(label, distance), (facet,), shares, torch.ones(len(counts)), ceiling))


@pytest.mark.parametrize("counts", [[1, 2, 3], [0, 5, 5], [9, 0, 0], [4, 4, 4]])
@pytest.mark.parametrize("weights", [[0.2, 0.3, 0.5], [1 / 3, 1 / 3, 1 / 3]])
def test_divergences_agree_with_scipy(counts: list[int], weights: list[float]):
    view = counted(counts, off=4, weights=weights)
    assert reverse_kl(view).item() == pytest.approx(entropy(counts, weights), abs=1e-12)
    assert jsd(view).item() == pytest.approx(jensenshannon(counts, weights) ** 2, abs=1e-12)


def test_one_mode_of_eight_is_three_bits_away():
    assert reverse_kl(counted([50] + [0] * 7)).item() == pytest.approx(math.log(8))


def test_nothing_captured_has_the_worst_values():
    view = counted([0, 0], off=9, weights=[0.2, 0.8], ceiling=0.99)
    assert reverse_kl(view).item() == pytest.approx(math.log(5))
    assert jsd(view).item() == pytest.approx(math.log(2))
    assert tv(view).item() == pytest.approx(0.99)


def test_worst_value_of_kl_is_never_exceeded_by_samples_in_the_rarest_mode():
    assert reverse_kl(counted([9, 0], weights=[0.2, 0.8])) <= reverse_kl(counted([0, 0], off=9, weights=[0.2, 0.8]))


def test_floor_of_kl_is_the_one_of_the_docstring():
    rng = np.random.default_rng(0)
    floors = [reverse_kl(counted(rng.multinomial(2500, [1 / 8] * 8).tolist())).item() for _ in range(200)]
    assert np.mean(floors) == pytest.approx(7 / 5000, rel=0.15)
    shared = [jsd(counted(rng.multinomial(2500, [1 / 8] * 8).tolist())).item() for _ in range(200)]
    assert np.mean(shared) == pytest.approx(7 / 20000, rel=0.15)


def test_floor_of_tv_is_the_one_of_the_docstring():
    rng = np.random.default_rng(0)
    q = np.array([0.99 / 8] * 8 + [0.01])
    draws = [rng.multinomial(2500, q).tolist() for _ in range(200)]
    floors = [tv(counted(draw[:-1], off=draw[-1], ceiling=0.99)).item() for draw in draws]
    assert np.mean(floors) == pytest.approx(np.sqrt(q * (1 - q) / (2 * np.pi * 2500)).sum(), rel=0.05)


def test_tv_counts_dropped_mass_and_samples_off_the_modes():
    assert tv(counted([50, 50, 0, 0])).item() == pytest.approx(0.5)
    assert tv(counted([25, 25, 25, 25], off=25)).item() == pytest.approx(0.2)
    assert tv(counted([30, 30, 30, 0], off=10, ceiling=0.9)).item() == pytest.approx(0.225)


def test_exact_shares_and_exactly_as_much_quality_as_real_data_overlap_fully():
    assert overlap(counted([45, 45], off=10, ceiling=0.9)).item() == pytest.approx(1)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(counts=st.lists(st.integers(0, 30), min_size=2, max_size=6), off=st.integers(1, 30), ceiling=st.floats(0.5, 1))
def test_values_stay_in_their_ranges(counts: list[int], off: int, ceiling: float):
    view = counted(counts, off=off, ceiling=ceiling)
    assert 0 <= tv(view) <= 1
    assert tv(view) + overlap(view) == 1
    assert 0 <= jsd(view) <= math.log(2) + 1e-12
    assert 0 <= reverse_kl(view) <= math.log(len(counts)) + 1e-12


def test_a_real_draw_is_near_the_floor_of_all(ring: Any):
    view = ring.view(ring.draw(11))
    assert reverse_kl(view) < 0.006
    assert jsd(view) < 0.002
    assert overlap(view) > 0.95


@pytest.mark.parametrize("weights", [[0.2, 0.3, 0.5], [1 / 3, 1 / 3, 1 / 3]])
def test_forward_divergence_is_scipys_with_half_a_sample_more_in_every_mode(weights: list[float]):
    smoothed = np.array([0, 5, 7]) + 0.5
    assert forward_kl(counted([0, 5, 7], off=4, weights=weights)).item() == pytest.approx(entropy(weights, smoothed))


def test_forward_divergence_of_a_dropped_mode_grows_with_the_samples_that_could_have_hit_it():
    few, many = forward_kl(counted([0, 10])).item(), forward_kl(counted([0, 10_000])).item()
    assert 0.8 < few < many / 4 < 1.5


def test_forward_divergence_is_worst_where_all_samples_are_in_the_lightest_mode_or_in_none():
    weights = [0.5, 0.4, 0.1]
    nothing = forward_kl(counted([0, 0, 0], off=30, weights=weights)).item()
    assert nothing == forward_kl(counted([0, 0, 30], weights=weights)).item()
    for counts in ([30, 0, 0], [0, 30, 0], [0, 1, 29], [10, 10, 10]):
        assert forward_kl(counted(counts, weights=weights)).item() < nothing


def test_forward_divergence_of_a_perfect_generator_is_about_that_of_the_docstring():
    rows = np.random.default_rng(0).multinomial(500, [0.1] * 10, size=400)
    assert np.mean([forward_kl(counted(list(row))).item() for row in rows]) == pytest.approx(9 / 1000, rel=0.1)
