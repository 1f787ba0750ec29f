"""Modes that are there, but narrower than real ones."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.datasets.base import Facet
from gancheck.evaluation.modes import Modes
from gancheck.metrics.spread import ENOUGH
from gancheck.scoring.evidence import Evidence, bonferroni, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.intervals import z_score

MARGIN = 0.7  #: ratio of standard deviations, samples to real: half the variance
PART = 0.1  #: of the samples, in modes that are surely shrunken
LEAST = 1e-10  #: of the whole variance: a mode that is narrower is a point, and has no width to compare


class Width(NamedTuple):
    """Ratio of variances, samples to real, for every group that has enough of both."""

    ratio: Tensor
    error: Tensor  #: standard error under the margin
    mass: Tensor  #: share of the high-quality samples that are looked at
    group: Tensor  #: number of the group


def check_shrunken_modes(evidence: Evidence) -> Finding:
    """Modes are shrunken when the standard deviation inside them is surely under 0.7 of held-out real data's.

    Over all modes (mean of the variances' ratios, weighted by samples), or in modes that hold a tenth of the samples,
    each mode then at its part of the level. The error of a variance comes from squared deviations, of the samples or of
    real data where those vary more: few samples of a skewed mode often miss what makes it wide.
    """
    width = widths(evidence.modes, evidence.real.modes)
    if not len(width.ratio):
        return finding(evidence, False, math.nan, math.nan, math.nan, 1.0, ())
    sure = width.ratio + z_score(2 * evidence.level / len(width.ratio)) * width.error < MARGIN**2
    whole = mean(width, torch.ones_like(sure), evidence.level)
    if whole[2] >= MARGIN and float(width.mass[sure].sum()) >= PART:
        whole = mean(width, sure, evidence.level)
    modes = tuple(width.group[sure].tolist()) if len(evidence.modes.facets) == 1 else ()
    return finding(evidence, whole[2] < MARGIN, *whole, modes)


def finding(
    evidence: Evidence, found: bool, value: float, low: float, high: float, p: float, modes: tuple[int, ...]
) -> Finding:
    """In words."""
    which = f", as in {evidence.listed(torch.tensor(modes))}" if 0 < len(modes) < len(evidence.weights) else ""
    return Finding(
        kind="shrunken-modes",
        found=found,
        text=(
            f"modes are only {percent(value)} as wide as in real data{which}"
            if found
            else "modes are about as wide as in real data"
            if math.isfinite(value)
            else "too few samples in any mode to measure its width"
        ),
        test="ratio of standard deviations inside the modes",
        p=bonferroni(p),
        effect="standard deviation inside the modes over real data's",
        value=value,
        low=low,
        high=high,
        margin=MARGIN,
        modes=modes if found else (),
    )


def mean(width: Width, which: Tensor, level: float) -> tuple[float, float, float, float]:
    """Root of the mean ratio, its interval, and the p-value of "at least 0.7"."""
    weight = width.mass[which] / width.mass[which].sum()
    middle = float((weight * width.ratio[which]).sum())
    error = float((weight * width.error[which]).square().sum().sqrt())
    far = z_score(level) * error * max(1.0, middle / MARGIN**2)
    z = (MARGIN**2 - middle) / error if error > 0 else math.copysign(math.inf, MARGIN**2 - middle)
    ends = (max(middle - far, 0.0), middle + far)
    return math.sqrt(middle), math.sqrt(ends[0]), math.sqrt(ends[1]), 0.5 * math.erfc(z / math.sqrt(2))


def widths(fake: Modes, real: Modes) -> Width:
    """Every group of every facet with at least 10 samples on both sides."""
    parts = [compare(f, fake, r, real) for f, r in zip(fake.facets, real.facets, strict=True)]
    width = Width(*(torch.cat(column) for column in zip(*parts, strict=True)))
    return Width(*(part.cpu() for part in width._replace(mass=width.mass / width.mass.sum().clamp_min(1))))


def compare(facet: Facet, fake: Modes, other: Facet, real: Modes) -> Width:
    """One facet."""
    mine, theirs = scatter(facet, fake), scatter(other, real)
    known = comparable(mine, theirs, other)
    ratio = mine.variance[known] / theirs.variance[known]
    vary = torch.maximum(mine.vary[known], theirs.vary[known])
    error = (vary.square() / mine.samples[known] + theirs.vary[known].square() / theirs.samples[known]).sqrt()
    return Width(ratio, MARGIN**2 * error, mine.samples[known], torch.nonzero(known).flatten())


def comparable(mine: Scatter, theirs: Scatter, real: Facet) -> Tensor:
    """(G,) bool: groups with enough samples on both sides, and with a width rather than rounding noise."""
    whole = real.features.double().var(0).sum()
    return (mine.samples >= ENOUGH) & (theirs.samples >= ENOUGH) & (theirs.variance > LEAST * whole)


class Scatter(NamedTuple):
    """Of the high-quality samples in each group."""

    samples: Tensor  #: (G,) how many
    variance: Tensor  #: (G,) mean squared deviation from the group's mean
    vary: Tensor  #: (G,) standard deviation of the squared deviations, over their mean


def scatter(facet: Facet, modes: Modes) -> Scatter:
    """Count, variance, and how much squared deviations vary, group by group."""
    x, group = facet.features[modes.good].double(), facet.group[modes.good]
    count = torch.bincount(group, minlength=len(modes.deviations)).double()
    safe = count.clamp_min(1)
    x = x - (x.mean(0) if len(x) else 0)
    centre = x.new_zeros(len(count), x.shape[1]).index_add(0, group, x) / safe[:, None]
    squares = (x - centre[group]).square().sum(1)
    variance = torch.zeros_like(count).index_add(0, group, squares) / (count - 1).clamp_min(1)
    rest = (squares - variance[group]).square()
    deviation = (torch.zeros_like(count).index_add(0, group, rest) / (count - 1).clamp_min(1)).sqrt()
    return Scatter(count, variance, torch.where(variance > 0, deviation / variance.clamp_min(1e-300), 0.0))
