from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import binomtest, chi2, kstest, multinomial, power_divergence

from gancheck.datasets.base import Assignment, Facet
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.balance import by_draws, mode_balance


def counted(counts: list[int], weights: list[float] | None = None, off: int = 0) -> View:
    """A view with so many high-quality samples in each mode, and some off all modes."""
    label = torch.repeat_interleave(torch.arange(len(counts) + 1), torch.tensor([*counts, off])) % len(counts)
    distance = (torch.arange(len(label)) >= sum(counts)).float() * 2
    shares = torch.tensor(weights or [1 / len(counts)] * len(counts), dtype=torch.float64)
    facet, x = Facet(torch.zeros(len(label), 1), label), torch.zeros(len(label), 1)
    return View(x, modes=Modes(Assignment(label, distance), (facet,), shares, torch.ones(len(counts))))


def test_many_samples_are_scipys_g_test_but_for_williams_factor():
    counts, weights = [320, 190, 510], [0.3, 0.2, 0.5]
    g = power_divergence(counts, 1020 * np.array(weights), lambda_="log-likelihood").statistic
    factor = 1 + (sum(1 / w for w in weights) - 1) / (6 * 1020 * 2)
    assert float(mode_balance(counted(counts, weights, off=9))) == pytest.approx(chi2.sf(g / factor, 2), rel=1e-9)


@pytest.mark.parametrize(("counts", "share"), [([3, 4], 0.5), ([0, 9], 0.3), ([900, 100], 0.88)])
def test_two_modes_are_scipys_exact_binomial(counts: list[int], share: float):
    expected = binomtest(counts[0], sum(counts), share).pvalue
    assert float(mode_balance(counted(counts, [share, 1 - share]))) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("counts", [[2, 2, 0], [4, 0, 0], [1, 1, 2], [0, 3, 1]])
def test_few_samples_are_the_exact_multinomial_to_within_its_draws(counts: list[int]):
    weights = np.array([0.5, 0.3, 0.2])
    every = np.array([(i, j, 4 - i - j) for i in range(5) for j in range(5 - i)])
    gaps = [power_divergence(c, 4 * weights, lambda_="log-likelihood").statistic for c in (*every, counts)]
    exact = multinomial(4, weights).pmf(every)[np.array(gaps[:-1]) >= gaps[-1] - 1e-9].sum()
    got = float(mode_balance(counted(counts, list(weights))))
    assert got == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 1999) ** 0.5 + 1e-3)


def test_p_values_of_a_perfect_generator_are_spread_evenly():
    drawn = np.random.default_rng(0).multinomial(400, [0.25, 0.25, 0.2, 0.2, 0.1], size=300)
    found = [float(mode_balance(counted(list(row), [0.25, 0.25, 0.2, 0.2, 0.1]))) for row in drawn]
    assert kstest(found, "uniform").pvalue > 1e-3


def test_p_values_stay_honest_where_modes_expect_two_samples_each():
    drawn = np.random.default_rng(0).multinomial(100, np.full(50, 0.02), size=60)
    found = np.array([by_draws(row.astype(float), np.full(50, 0.02)) for row in drawn])
    assert kstest(found, "uniform").pvalue > 1e-3


def test_a_dropped_mode_is_no_chance_and_nothing_captured_is_none_either():
    assert float(mode_balance(counted([0, 250, 250, 250]))) < 1e-9
    assert float(mode_balance(counted([0] * 50 + [4] * 50))) == 1 / 2000
    assert float(mode_balance(counted([0, 0, 0], off=40))) == 0


def test_one_mode_has_nothing_to_balance():
    assert float(mode_balance(counted([40]))) == 1
