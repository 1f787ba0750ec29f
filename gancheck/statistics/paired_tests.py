"""Exact tests of paired differences, and Holm's correction for many of them."""

from __future__ import annotations

import numpy as np

from gancheck.errors import BadData, BadParameter
from gancheck.statistics.intervals import Array, Strata

MAX_EXACT_PAIRS = 40  #: pairs up to which the test is exact: two halves of 2^20 sums


DRAWS = 100_000  #: sign patterns drawn beyond that


def sign_flip(differences: Strata, generator: np.random.Generator | None = None) -> float:
    """One-sided p of the sign-flip (randomisation) test of paired differences; the alternative: they are positive.

    `differences` holds one array of seeds per task (one array in a list: one task). They are divided by the task's
    number of seeds, so that tasks count alike. p = P(sum >= observed) over all 2^n equally likely sign patterns, ties
    (within rounding) counted; a zero has no sign to flip and drops out, nothing but zeros gives 1. Exact up to 40
    non-zero differences, by sorting the sums of two halves and matching them; beyond that 100,000 patterns are drawn
    from `generator` and p = (1 + hits) / (1 + draws), which is itself a valid test. Fisher, "The design of
    experiments", 1935; Phipson & Smyth, "Permutation p-values should never be zero", 2010.
    """
    row = np.concatenate([_weigh(d) for d in differences])
    return float(_p_values(row[None], generator)[0])


def holm(p: Array) -> Array:
    """Holm's step-down adjusted p-values, in the given order ("A simple sequentially rejective test", 1979)."""
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    return adjusted


def _weigh(values: Array) -> Array:
    """One task's values over its number of seeds, so that sums over tasks count tasks alike."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(flat).all():
        raise BadData("scores must be finite numbers; say what a failed run scores")
    return flat / max(flat.size, 1)


def _p_values(rows: Array, generator: np.random.Generator | None) -> Array:
    """(k,) p-values of (k, pairs) weighed differences."""
    p = np.ones(len(rows))
    many = np.count_nonzero(rows, axis=1) > MAX_EXACT_PAIRS
    p[~many] = [_exact(row[row != 0]) for row in rows[~many]]
    if many.any():
        p[many] = _monte_carlo(rows[many], generator)
    return p


def _exact(differences: Array) -> float:
    """P(sum of randomly signed differences >= the observed sum).

    A pattern's sum is total - 2 * (what is flipped to minus), so the patterns at or above the observed sum are the
    subsets of the magnitudes that weigh at most the negative differences: counted by meeting two halves in the middle.
    """
    sizes = np.abs(differences)
    allowance = -differences[differences < 0].sum() + 1e-10 * sizes.sum()  # the slack is for ties after rounding
    half = len(sizes) // 2
    left, right = _subset_sums(sizes[:half]), _subset_sums(sizes[half:])
    hits = np.searchsorted(right, allowance - left[::-1], side="right").sum()  # ascending queries stay in the cache
    return float(hits) / 2.0 ** len(sizes)


def _subset_sums(sizes: Array) -> Array:
    """The sums of all 2^n subsets, ascending; every size doubles the list by merging two sorted runs."""
    sums = np.zeros(1)
    for size in sizes:
        sums = np.sort(np.concatenate([sums, sums + size]), kind="stable")
    return sums


def _monte_carlo(rows: Array, generator: np.random.Generator | None, chunk: int = 2_000) -> Array:
    """Monte Carlo p-values; all rows share the sign patterns, which costs no validity and turns it into one product."""
    if generator is None:
        raise BadParameter(f"more than {MAX_EXACT_PAIRS} pairs are tested by drawing signs; pass a numpy Generator")
    observed = rows.sum(axis=1) - 1e-10 * np.abs(rows).sum(axis=1)
    hits = np.zeros(len(rows))
    for _ in range(DRAWS // chunk):
        signs = generator.integers(0, 2, size=(chunk, rows.shape[1]), dtype=np.int8) * 2.0 - 1.0
        hits += (signs @ rows.T >= observed).sum(axis=0)
    return (1 + hits) / (1 + DRAWS)
