"""Whether modes sit where the real ones do."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.datasets.base import Facet
from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.metrics.spread import scatter


class Middle(NamedTuple):
    """Where the high-quality samples of each group lie, in units of the real deviation."""

    samples: Tensor  #: (groups,)
    mean: Tensor  #: (groups, p), from a common origin
    noise: Tensor  #: (groups,) variance of such a mean by chance, per feature; only for 2 samples and more


@metric("mode-offset", better="lower", low=0, needs="modes", on_request=True)
def mode_offset(view: View) -> Tensor:
    """How far the modes' means are from real ones: root mean square per feature, in units of the modes' deviation.

    High-quality samples of each group against those of the real draw, weighted by the generated ones. What chance moves
    both means by (their variance over their number) is subtracted from the squared gaps, so that a perfect generator's
    mean square is 0 on average; it gets the root of that, cut off at 0: 0 half of the time, else about
    sqrt(2 / c) (2 / pG)^(1/4) for G groups of c samples with p features. From 0 to a few: samples
    farther out are no high-quality ones, so large shifts look smaller than they are. A group with fewer than 2 samples
    on either side is left out. BadData where none is left, or without a real draw of the same n.
    On the ring it did not see: drop, imbalance, shrink, blur, copy, junk.
    """
    reals = view.real_row.modes
    origins = [facet.features.double().mean(0) for facet in reals.facets]
    pairs = zip(view.modes.facets, reals.facets, origins, strict=True)
    parts = [gaps(middle(f, view.modes, o), middle(r, reals, o)) for f, r, o in pairs]
    mass, squared = (torch.cat(column) for column in zip(*parts, strict=True))
    if not len(mass):
        raise BadData("no mode has 2 high-quality samples on both sides: draw more")
    return ((mass * squared).sum() / mass.sum()).clamp_min(0).sqrt()


def gaps(fake: Middle, real: Middle) -> tuple[Tensor, Tensor]:
    """Samples, and squared gap of the means per feature less what chance adds, of each group that both sides hold."""
    both = (fake.samples >= 2) & (real.samples >= 2)
    squared = (fake.mean - real.mean).square().mean(1) - fake.noise - real.noise
    return fake.samples[both], squared[both]


def middle(facet: Facet, modes: Modes, origin: Tensor) -> Middle:
    """Every group of one facet, seen from `origin`."""
    x, group = facet.features[modes.good].double() - origin, facet.group[modes.good]
    spread = scatter(facet, modes)
    total = x.new_zeros(len(spread.samples), x.shape[1]).index_add(0, group, x)
    mean = total / (spread.samples.clamp_min(1) * modes.deviations)[:, None]
    return Middle(spread.samples, mean, spread.squares / spread.freedom / spread.samples)
