"""Whether the numbers of samples in the modes could be real data's by chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, xlogy
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.seeding import key

Array = NDArray[np.float64]

LARGE = 5  #: expected samples in every mode from which on the chi-square law holds
DRAWS = 1_999  #: of real counts where it does not: p-values in steps of 1 / 2,000
ROUNDING = 1e-9  #: so that equal counts in another order tie


@metric("mode-balance", better="higher", low=0, high=1, needs="modes", on_request=True)
def mode_balance(view: View) -> Tensor:
    """P-value of the likelihood-ratio (G) test that high-quality samples fall into the modes by their real shares.

    0 to 1; a perfect generator gets every value alike, so below 0.05 one time in 20. Two modes: exact binomial. At
    least 5 samples expected in every mode: chi-square with Williams' correction. Else: the share of 1,999 real draws
    (fixed stream) that fit no better. One mode: 1; nothing captured: 0. It answers "by chance?" and not "how much?": at
    huge n it condemns everybody, which is why the verdict goes by an effect size. Blind to samples off the modes. Where
    the shares were counted in a reference, a G-test of the two rows of counts (chi-square law).
    Williams, "Improved likelihood ratio tests for complete contingency tables", Biometrika 1976.
    On the ring it did not see: shrink, blur, copy, junk.
    """
    counts, weights = view.modes.counts.cpu().numpy(), view.modes.weights.cpu().numpy()
    if not counts.any():
        return view.modes.weights.new_zeros(())
    counted = view.modes.counted
    p = p_value(counts, weights / weights.sum()) if counted is None else alike(counts, counted.cpu().numpy())
    return view.modes.weights.new_tensor(p)


def alike(counts: Array, real: Array) -> float:
    """Whether two rows of counts (K,) share their proportions."""
    table = np.stack([counts, real])[:, counts + real > 0]
    expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
    freedom = table.shape[1] - 1
    return float(chdtrc(freedom, 2 * xlogy(table, table / expected).sum())) if freedom else 1.0


def p_value(counts: Array, weights: Array) -> float:
    """The test that suits the counts (K,); weights (K,) sum to 1."""
    if len(counts) == 1:
        return 1.0
    if len(counts) == 2:
        from scipy.stats import binomtest  # a second to import, and few ask

        return float(binomtest(int(counts[0]), int(counts.sum()), weights[0]).pvalue)
    if counts.sum() * weights.min() >= LARGE:
        return approximate(counts, weights)
    return by_draws(counts, weights)


def approximate(counts: Array, weights: Array) -> float:
    """Chi-square law of G over Williams' factor."""
    freedom = len(counts) - 1
    factor = 1 + ((1 / weights).sum() - 1) / (6 * counts.sum() * freedom)
    return float(chdtrc(freedom, statistic(counts, weights) / factor))


def by_draws(counts: Array, weights: Array) -> float:
    """Exact at any size: the rank of G among that of real draws."""
    source = np.random.default_rng(key("metric", "mode-balance", len(counts)))
    drawn = statistic(source.multinomial(int(counts.sum()), weights, size=DRAWS).astype(float), weights)
    fits = statistic(counts, weights)
    return float((1 + (drawn >= fits * (1 - ROUNDING)).sum()) / (DRAWS + 1))


def statistic(counts: Array, weights: Array) -> Array:
    """G = 2 sum c ln(c / expected) over the last axis."""
    expected = counts.sum(-1, keepdims=True) * weights
    gap: Array = 2 * xlogy(counts, counts / expected).sum(-1)
    return gap
