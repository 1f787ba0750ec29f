"""Widths by the median deviation, where a few values far out would make the mean one."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

HEAVY = 2.0  #: relative deviation of squared deviations, up to which no median is surer than the mean


class Ratios(NamedTuple):
    """Squared deviations inside the modes, samples over real data, for each direction."""

    value: Tensor  #: (q,)
    error: Tensor  #: (q,) relative standard error
    known: Tensor  #: (q,) bool, whether real data varies there at all
    vary: Tensor  #: (q,) relative standard error of real data's own, times the root of its samples


class Median(NamedTuple):
    """Of squared deviations along each direction."""

    value: Tensor  #: (q,)
    vary: Tensor  #: (q,) relative standard error, times the root of the samples


def prefer_medians(means: Ratios, mine: Tensor, weight: Tensor, theirs: Tensor) -> Ratios:
    """The ratio of the medians in those directions where real data alone says that it is surer than that of the means.

    `mine` (n, q) and `theirs` (m, q) are squared deviations, `weight` (n,) the samples' weights. Real data that takes
    a value twice along a direction keeps its mean: a median between a few values hides how often each is there.
    """
    heavy = torch.nonzero(means.known & (means.vary > HEAVY)).flatten()
    if not len(heavy):
        return means
    real = median(theirs[:, heavy], torch.full_like(theirs[:, 0], 1 / len(theirs)))
    better = (real.vary < means.vary[heavy]) & (real.value > 0) & never_twice(theirs[:, heavy])
    which = heavy[better]
    if not len(which):
        return means
    theirs_only, own = Median(*(part[better] for part in real)), median(mine[:, which], weight)
    worth = 1 / weight.square().sum()
    varies = torch.maximum(own.vary, theirs_only.vary)
    error = (varies.square() / worth + theirs_only.vary.square() / len(theirs)).sqrt()
    parts = ((means.value, own.value / theirs_only.value), (means.error, error), (means.vary, theirs_only.vary))
    value, error, vary = (old.index_copy(0, which, new) for old, new in parts)
    return Ratios(value, error, means.known, vary)


def median(squares: Tensor, weight: Tensor) -> Median:
    """Weighted medians of the columns of (n, q); their errors from the values a standard error of the rank away."""
    ordered, order = squares.sort(0)
    ranks = weight[order].cumsum(0)
    step = 0.5 * float(weight.square().sum().sqrt())
    low, middle, high = (
        ordered.gather(0, (ranks < at).sum(0, keepdim=True).clamp_max(len(squares) - 1))[0]
        for at in (0.5 - step, 0.5, 0.5 + step)
    )
    return Median(middle, (high - low) / (2 * middle.clamp_min(1e-300)) / weight.square().sum().sqrt())


def never_twice(squares: Tensor) -> Tensor:
    """(q,) bool, whether the middle half of each column of (n, q), n at least 4, holds no value twice."""
    ordered = squares.sort(0).values[len(squares) // 4 : -(len(squares) // 4) or None]
    return (ordered[1:] > ordered[:-1]).all(0)
