"""Whether samples fill each mode as real ones do, or huddle inside it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.datasets.base import Facet
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric

ENOUGH = 10  #: high-quality samples from which on a group is measured by itself


class Scatter(NamedTuple):
    """High-quality samples of groups about their own means, in units of the real deviation."""

    samples: Tensor  #: (groups,) samples
    freedom: Tensor  #: (groups,) degrees of freedom, features times (samples - 1)
    squares: Tensor  #: (groups,) sum of squared deviations over the real variance

    def total(self, which: Tensor) -> Scatter:
        """The groups `which` (bool) pooled into one."""
        return Scatter(*(part[which].sum(0, keepdim=True) for part in self))


@metric("spread", better="higher", low=0, high=1, needs="modes")
def spread(view: View) -> Tensor:
    """Mean over captured groups of min(r, 1 / r), r the ratio of standard deviations, samples to real.

    High-quality samples about their own group's mean, each group weighted by its samples. Groups with fewer than 10 are
    pooled: their squares and degrees of freedom are added. 0 to 1; nothing captured, or no two samples in one group: 0.
    A perfect generator gets about 1 - mean 1 / sqrt(pi f) with f degrees of freedom a group.
    On the ring it did not see: drop, imbalance, copy.
    """
    ratio, mass = ratios(view.modes)
    return (torch.minimum(ratio, 1 / ratio) * mass).sum() / mass.sum().clamp_min(1)


@metric("mode-spread", better="one", low=0, needs="modes")
def mode_spread(view: View) -> Tensor:
    """Median over groups of the ratio of variances, high-quality samples to real.

    From 0; 1 is healthy, near 0 is collapse inside the modes, above 1 is blur. Groups with fewer than 10 samples are
    pooled into one; nothing captured: 0. A perfect generator gets 1 but for the noise of a variance, sqrt(2 / f).
    On the ring it did not see: drop, imbalance, copy, junk.
    """
    ratio, _ = ratios(view.modes)
    return ratio.square().quantile(0.5) if len(ratio) else ratio.new_zeros(())


@metric("mode-spread-min", better="one", low=0, needs="modes", on_request=True)
def mode_spread_min(view: View) -> Tensor:
    """Smallest of the groups' ratios of variances, high-quality samples to real: the most collapsed mode's.

    From 0; near 0 one mode at least has collapsed inside, above 1 all are blurred. Over groups with 10 samples or more;
    where there is none, mode-spread's value, which pools them. A perfect generator stays below 1: it
    gets about the 1 / G quantile of a chi-square over its f degrees of freedom, 0.64 for 400 groups of 50 samples in
    the plane, so read it beside the real row.
    On the ring it did not see: drop, imbalance, copy.
    """
    every = scatters(view.modes)
    large = every.samples >= ENOUGH
    return (every.squares / every.freedom)[large].min() if large.any() else mode_spread(view)


def ratios(modes: Modes) -> tuple[Tensor, Tensor]:
    """Ratio of standard deviations and number of samples, for every group with enough samples and the rest pooled."""
    groups = scatters(modes)
    small = groups.samples < ENOUGH
    count, freedom, squares = (
        torch.cat([large[~small], pooled]) for large, pooled in zip(groups, groups.total(small), strict=True)
    )
    known = freedom > 0
    return (squares[known] / freedom[known]).sqrt(), count[known]


def scatters(modes: Modes) -> Scatter:
    """The scatter of every group of all facets."""
    parts = [scatter(facet, modes) for facet in modes.facets]
    return Scatter(*(torch.cat(column) for column in zip(*parts, strict=True)))


def scatter(facet: Facet, modes: Modes) -> Scatter:
    """The scatter of every group in one facet."""
    x, group = facet.features[modes.good].double(), facet.group[modes.good]
    count = torch.bincount(group, minlength=len(modes.deviations)).double()
    none = x.new_zeros(len(count), x.shape[1])
    # From the group's own corner, so that copies of one sample have no spread to the last bit.
    x = x - (none + torch.inf).scatter_reduce(0, group[:, None].expand_as(x), x, "amin")[group]
    mean = none.index_add(0, group, x) / count.clamp_min(1)[:, None]
    squares = none[:, 0].index_add(0, group, (x - mean[group]).square().sum(1))
    return Scatter(count, (count - 1).clamp_min(0) * x.shape[1], squares / modes.deviations.square())
