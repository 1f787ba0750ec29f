"""Directions that samples leave out: widths that a few values far out would hide, and flags that are lost."""

from __future__ import annotations

import numpy as np
import pytest

import gancheck as gc
from gancheck.plugins.registry import Registry
from gancheck.scoring.checks.flat_directions import check_flat_directions
from gancheck.scoring.real_data import RealDataRequest
from gancheck.scoring.score import Scoring


def heavy(n, seed):
    """Five columns without a variance."""
    return np.random.default_rng(seed).standard_t(1.5, size=(n, 5))


def verdict_of(x, reference):
    return gc.score(x, reference=reference, metrics="tv")  # of no interest to verdicts, and cheap


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("factor", "verdict"), [(0.5, "shrunken-modes"), (3.0, "low-fidelity"), (1.0, "healthy")])
def test_half_and_three_times_the_width_are_named(factor, verdict, seed):
    scores = verdict_of(factor * heavy(1_000, seed), heavy(2_000, 100 + seed))
    assert scores.verdict == verdict, scores.reason


@pytest.mark.parametrize("seed", range(3))
def test_columns_at_one_value_are_named(seed):
    x = heavy(1_000, seed)
    x[:, 1:3] = x[seed, 1:3]
    scores = verdict_of(x, heavy(2_000, 100 + seed))
    assert scores.verdict == "shrunken-modes"
    assert "column 2" in scores.reason
    assert "column 3" in scores.reason


@pytest.mark.parametrize(("samples_have", "kind"), [(0.0, "dropped-modes"), (1.0, "dropped-modes")])
def test_a_flag_that_is_lost_is_a_dropped_mode_even_where_clusters_do_not_show_it(samples_have, kind):
    r = np.random.default_rng(0)
    reference, x = r.normal(size=(2_000, 3)), r.normal(size=(1_000, 3))
    reference[:, 2], x[:, 2] = r.uniform(size=2_000) < 0.3, samples_have
    real_data = RealDataRequest(reference=reference).build(Registry.load(), "cpu")
    finding = check_flat_directions(Scoring.of(x, real_data).evidence)
    assert finding.found
    assert finding.kind == kind
    assert "column 3" in finding.text


def test_a_number_at_one_value_is_no_dropped_mode():
    r = np.random.default_rng(0)
    x = r.normal(size=(1_000, 3)) * [1, 1, 0]
    real_data = RealDataRequest(reference=r.normal(size=(2_000, 3))).build(Registry.load(), "cpu")
    assert check_flat_directions(Scoring.of(x, real_data).evidence).kind == "shrunken-modes"


@pytest.mark.parametrize("seed", range(4))
def test_half_of_the_rows_at_zero_is_as_wide_as_real_data(seed):
    r = np.random.default_rng(seed)
    real = np.where(r.uniform(size=(1_500, 1)) < 0.5, 0.0, r.lognormal(size=(1_500, 3)))
    real[:500][np.flatnonzero(real[:500].any(1))[:10]] = 0  # most samples are at zero, fewer real rows
    assert verdict_of(real[:200], real[500:]).verdict in ("healthy", "undecided")
