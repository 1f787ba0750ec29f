"""Modes that hold more or less than their share."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from scipy.special import chdtrc, chndtrinc, ndtri
from torch import Tensor

from gancheck.scoring.checks import dropped_modes
from gancheck.scoring.evidence import LEVEL, Evidence, bonferroni
from gancheck.scoring.scores import Finding

MARGIN = 0.2  #: root-mean-square departure of the shares, relative to them, that still counts as even
NOTHING = 1e-9  #: a noncentrality that the solver gives for 0
EXPECTED = 5.0  #: samples in a cell of the table; rarer modes are pooled


class Departure(NamedTuple):
    """How far counts are from the real shares."""

    p: float
    value: float
    low: float
    high: float


def check_imbalanced(evidence: Evidence) -> Finding:
    """Shares are uneven when their relative departure (root mean square, Cohen's w) is surely above a fifth.

    A chi-square test over the modes that are not dropped, its noncentrality turned into an interval of w. Samples of
    any quality, each given to its nearest mode, must depart as well: what only fidelity does is not imbalance.
    Cohen, "Statistical power analysis for the behavioral sciences", 1988, chapter 7.
    """
    held = torch.ones_like(evidence.weights, dtype=torch.bool)
    held[list(dropped_modes.check_dropped_modes(evidence).modes)] = False
    good, nearest = (departure(evidence, counts, held) for counts in (evidence.held, evidence.nearest))
    least = min(good, nearest, key=lambda d: d.low)
    ratios = torch.where(held, evidence.ratios, 1.0)
    return Finding(
        kind="imbalanced",
        found=least.low > MARGIN,
        text=describe_imbalance(evidence, ratios, least),
        test="chi-square test of the modes' shares, with the interval of its noncentrality",
        p=bonferroni(least.p),
        effect="root-mean-square relative departure of the shares",
        value=least.value,
        low=least.low,
        high=least.high,
        margin=MARGIN,
        modes=tuple(torch.nonzero((ratios < 0.5) | (ratios > 2)).flatten().tolist()),
    )


def departure(evidence: Evidence, counts: Tensor, held: Tensor) -> Departure:
    """Chi-square over the held modes; against known shares, or against the counts they were estimated from."""
    n = float(counts[held].sum())
    shares = evidence.weights[held] / evidence.weights[held].sum()
    if n == 0 or len(shares) < 2:
        return Departure(1.0, 0.0, 0.0, math.inf)
    if evidence.counts is not None:
        return departure_of_counts(counts[held], evidence.counts[held])
    expected = shares * n
    observed = pool_counts(counts[held], expected)
    return from_statistic(goodness(observed, pool_counts(expected, expected)), len(observed) - 1, n)


def departure_of_counts(counts: Tensor, real: Tensor) -> Departure:
    """Chi-square of two rows of counts."""
    n, m = float(counts.sum()), float(real.sum())
    # Cells by both rows together: by the real one alone, those that chance made large would be chosen.
    expected = (counts + real) * min(n, m) / (n + m)
    both = [pool_counts(c, expected) for c in (counts, real)]
    return from_statistic(homogeneity(both[0], both[1]), len(both[0]) - 1, n * m / (n + m))


def pool_counts(counts: Tensor, expected: Tensor) -> Tensor:
    """Cells with enough expected samples, and the others as one."""
    large = expected >= EXPECTED
    return torch.cat([counts[large], counts[~large].sum().reshape(1)]) if (~large).any() else counts


def goodness(observed: Tensor, expected: Tensor) -> float:
    """Pearson's chi-square against known expectations."""
    return float(((observed - expected).square() / expected.clamp_min(1e-12)).sum())


def homogeneity(first: Tensor, second: Tensor) -> float:
    """Pearson's chi-square of two rows of counts."""
    n, m = first.sum(), second.sum()
    return float((((m / n).sqrt() * first - (n / m).sqrt() * second).square() / (first + second).clamp_min(1)).sum())


def from_statistic(statistic: float, freedom: int, n: float) -> Departure:
    """The p-value, and w = sqrt(noncentrality / n) with its interval."""
    if freedom < 1:
        return Departure(1.0, 0.0, 0.0, math.inf)
    value = math.sqrt(max(statistic - freedom, 0.0) / n)
    p = float(chdtrc(freedom, statistic))
    low, high = (noncentrality(statistic, freedom, tail) for tail in (1 - LEVEL / 2, LEVEL / 2))
    return Departure(p, value, min(value, math.sqrt(low / n)), max(value, math.sqrt(high / n)))


def noncentrality(statistic: float, freedom: int, below: float) -> float:
    """The noncentrality under which a statistic at most this large has probability `below`; 0 where there is none."""
    if statistic > 20 * freedom + 2_000:  # normal, where the series of the exact one would not end
        sign = -1 if below > 0.5 else 1
        spread = math.sqrt(2 * (freedom + 2 * (statistic - freedom)))
        return max(0.0, statistic - freedom + sign * float(-ndtri(min(below, 1 - below))) * spread)
    found = float(chndtrinc(statistic, freedom, below))
    return found if math.isfinite(found) and found > NOTHING else 0.0


def describe_imbalance(evidence: Evidence, ratios: Tensor, departure: Departure) -> str:
    """The finding in one line."""
    if departure.low <= MARGIN:
        return "the modes that are there hold about their shares"
    most, least = int(ratios.argmax()), int(ratios.argmin())
    return (
        f"shares are uneven: mode {evidence.names[most]} holds {float(ratios[most]):.2g} times its share, "
        f"mode {evidence.names[least]} {float(ratios[least]):.2g} times"
    )
