"""Samples that are there again: beside finite data, beside a reference that repeats itself, and among few samples."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import hypergeom

import gancheck as gc
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.scoring.checks.repeated_row import most_repeated


def verdict_of(samples, **real):
    return gc.score(samples, **real, metrics="tv")  # of no interest to verdicts, and cheap


def held_out_digits(count):
    return Registry.load().build("dataset", "digits").distinct("calibration", count, generator("cpu", "test"))


def drawn_again(x, count, r):
    """Rows with replacement."""
    return x[r.integers(0, len(x), count)]


def test_a_hundred_digits_over_and_over_are_collapsed_although_real_pools_are_finite():
    rows = np.random.default_rng(0).integers(0, 100, 2_000)
    scores = verdict_of(held_out_digits(100)[rows], dataset="digits")
    assert scores.verdict == "collapsed"
    assert "repeat" in scores.reason


def test_as_many_digits_as_there_are_held_out_are_healthy():
    assert verdict_of(held_out_digits(300), dataset="digits").verdict == "healthy"


def test_a_few_rows_over_and_over_are_collapsed_beside_a_reference_that_repeats_itself():
    r = np.random.default_rng(0)
    reference = drawn_again(r.normal(size=(600, 8)), 3_000, r)
    few = drawn_again(r.normal(size=(40, 8)), 2_000, r)
    scores = verdict_of(few, reference=reference)
    assert scores.verdict == "collapsed"
    assert "as 40 different rows would, real data as 59" in scores.reason


@pytest.mark.parametrize("samples", ["fresh", "again"])
def test_real_data_is_not_accused_beside_a_reference_that_repeats_itself(samples):
    r = np.random.default_rng(0)
    pool = r.normal(size=(300, 8))
    x = r.normal(size=(1_000, 8)) if samples == "fresh" else drawn_again(pool, 1_000, r)
    assert verdict_of(x, reference=drawn_again(pool, 3_000, r)).verdict == "healthy"


@pytest.mark.parametrize("n", [6, 12, 19])
def test_one_row_is_collapse_from_as_few_samples_as_can_tell(n):
    r = np.random.default_rng(0)
    assert (
        verdict_of(np.repeat(r.normal(size=(1, 3)), n, 0), reference=r.normal(size=(2_000, 3))).verdict == "collapsed"
    )


def test_five_equal_samples_could_be_chance_by_the_level_of_a_test():
    r = np.random.default_rng(0)
    assert (
        verdict_of(np.repeat(r.normal(size=(1, 3)), 4, 0), reference=r.normal(size=(2_000, 3))).verdict != "collapsed"
    )


@pytest.mark.parametrize("n", [100, 1_000, 2_000])
def test_a_row_that_is_there_fifteen_times_is_named(n):
    r = np.random.default_rng(0)
    x = r.normal(size=(n, 3))
    x[:15] = x[0]
    scores = verdict_of(x, reference=r.normal(size=(4_000, 3)))
    assert scores.verdict == "undecided"
    assert f"one sample is there 15 times among {n:,}" in scores.reason


def test_a_repeated_row_is_found_in_real_data_as_seldom_as_stated():
    """Zipf's law over thousands of words, where some rare one is often there a few times on one side alone."""
    g, level, n, m = torch.Generator().manual_seed(0), 0.05, 300, 600
    chances = 1 / torch.arange(1, 5_000).double()
    draws = [torch.multinomial(chances, n + m, replacement=True, generator=g) for _ in range(400)]
    found = [most_repeated(x[:n], x[n:], level).found for x in draws]
    assert np.mean(found) <= level


def test_a_repeated_row_has_the_chance_of_a_draw_from_both_sides():
    fake = torch.cat([torch.full((9,), -1), torch.arange(91)])
    real = torch.cat([torch.full((1,), -1), torch.arange(91, 240)])
    assert most_repeated(fake, real, 0.05).p == pytest.approx(hypergeom.sf(8, 250, 10, 100), rel=1e-6)
