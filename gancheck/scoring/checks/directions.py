"""Directions in which the samples vary less, or more, than real data does."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.metrics.spread import ENOUGH
from gancheck.scoring.checks.median_widths import Ratios, prefer_medians
from gancheck.scoring.checks.shrunken_modes import MARGIN
from gancheck.scoring.evidence import Evidence, bonferroni, percent
from gancheck.scoring.scores import Finding, Verdict
from gancheck.statistics.intervals import z_score

TEST = "ratio of standard deviations along each direction, inside the modes"
OUTERMOST = 0.01  #: of real squared deviations, beyond which larger ones count as much: no few samples decide
LISTED = 4  #: directions named in a text
VALUES, FEWEST = 2**22, 2_000  #: values looked at on either side, in samples no fewer than these
TOGETHER = 128  #: directions looked at together, which bounds the memory
FLAT = 1e-9  #: of the columns' scale: real data that varies less inside its modes has no width there


def check_lost_directions(evidence: Evidence) -> Finding | None:
    """Variance is lost where the standard deviation along a direction is surely under 0.7 of held-out real data's.

    Columns, principal axes and what lies off these, each about the means of real modes, so that modes that are gone or
    uneven do not count; regions of one cloud count as one mode. None where the modes' own facets say it all, as with
    datasets.
    """
    return compare(evidence, "shrunken-modes", MARGIN, "less")


def check_gained_directions(evidence: Evidence) -> Finding | None:
    """Variance is gained where the standard deviation along a direction is surely over 1 / 0.7 of real data's."""
    return compare(evidence, "low-fidelity", 1 / MARGIN, "more")


def compare(evidence: Evidence, kind: Verdict, margin: float, word: str) -> Finding | None:
    """The directions beyond a margin, at their part of the level; the farthest one stands for all."""
    ratios = evidence.cached(direction_ratios)
    if ratios is None or not bool(ratios.known.any()):
        return None
    side = 1.0 if margin > 1 else -1.0
    reach = z_score(evidence.level / len(ratios.value)) * ratios.error
    # Under the margin the error is the margin's: a value near 0 would otherwise look certain.
    scale = torch.maximum(ratios.value, torch.full_like(ratios.value, min(margin, 1.0) ** 2))
    low, high = (ratios.value + sign * reach * scale for sign in (-1, 1))
    beyond = ratios.known & ((low > margin**2) if side > 0 else (high < margin**2))
    farthest = int(torch.where(ratios.known, side * ratios.value, -torch.inf).argmax())
    which = torch.nonzero(beyond).flatten()
    ends = [float(end[farthest].clamp_min(0).sqrt()) for end in (ratios.value, low, high)]
    z = side * (float(ratios.value[farthest]) - margin**2) / max(float((ratios.error * scale)[farthest]), 1e-12)
    return Finding(
        kind=kind,
        found=len(which) > 0,
        text=describe(evidence, ratios, which, side, word),
        test=TEST,
        p=bonferroni(min(1.0, len(ratios.value) * upper_tail(z))),
        effect=f"{'largest' if side > 0 else 'smallest'} standard deviation along a direction over real data's",
        value=ends[0],
        low=ends[1],
        high=ends[2],
        margin=margin,
    )


def upper_tail(z: float) -> float:
    """Chance that a standard normal number is larger."""
    return float(torch.special.ndtr(torch.tensor(-z, dtype=torch.float64)))


class Spans(NamedTuple):
    """Samples and real ones along each direction, as many as fit the memory."""

    fake: Tensor  #: (n, q) float64
    real: Tensor  #: (m, q)
    fake_off: Tensor  #: (n, 1 or 0) distance off all directions
    real_off: Tensor  #: (m, 1 or 0)


def spans(evidence: Evidence) -> Spans | None:
    """None where the modes' own facets say it all."""
    if evidence.directions is None or evidence.off_axes is None:
        return None
    rows = max(FEWEST, VALUES // max(1, len(evidence.direction_names)))
    fake, real = (view.samples.x[:rows] for view in (evidence.view, evidence.real))
    along, off = evidence.directions, evidence.off_axes
    return Spans(along(fake), along(real), off(fake), off(real))


def direction_ratios(evidence: Evidence) -> Ratios | None:
    """Every direction's ratio, from squared deviations that are cut where real ones hardly reach."""
    x = evidence.cached(spans)
    if x is None:
        return None
    own, real = mode_labels(evidence, x)
    size = torch.bincount(real, minlength=len(evidence.weights)).double()
    centre = x.fake.new_zeros(len(size), x.fake.shape[1]).index_add(0, real, x.real) / size.clamp_min(1)[:, None]
    large = size >= min(ENOUGH, float(size.max()))
    weight = even_weights(own[large[own]], size)
    few = zip(*(torch.split(part, TOGETHER, 1) for part in (x.fake, x.real, centre)), strict=True)
    made = [
        cut_ratios((fake - c[own]).square()[large[own]], weight, (theirs - c[real]).square()[large[real]])
        for fake, theirs, c in few
    ]
    if x.fake_off.shape[1]:
        made.append(cut_ratios(x.fake_off.square()[large[own]], weight, x.real_off.square()[large[real]]))
    return Ratios(*(torch.cat(column) for column in zip(*made, strict=True)))


def cut_ratios(mine: Tensor, weight: Tensor, theirs: Tensor) -> Ratios:
    """From squared deviations, those that are larger than real ones usually are cut.

    Where a few far out make the mean, and real data's median is surer, the medians are compared.
    """
    most = largest_usual(theirs)
    return prefer_medians(ratio_of_means(mine.clamp_max(most), weight, theirs.clamp_max(most)), mine, weight, theirs)


def mode_labels(evidence: Evidence, x: Spans) -> tuple[Tensor, Tensor]:
    """(n,) and (m,) mode of each sample and each real one; regions of one cloud count as one."""
    own, real = evidence.view.modes.assignment.label[: len(x.fake)], evidence.real.modes.assignment.label[: len(x.real)]
    return (own, real) if evidence.modes_are_natural else (torch.zeros_like(own), torch.zeros_like(real))


def largest_usual(squares: Tensor) -> Tensor:
    """(q,) what all but 1 % of real squared deviations stay below; the largest where that is 0."""
    cut = squares.kthvalue(max(1, int((1 - OUTERMOST) * len(squares))), dim=0).values
    return torch.where(cut > 0, cut, squares.amax(0))


def even_weights(label: Tensor, size: Tensor) -> Tensor:
    """(n,) weights that give the modes the shares that they have in real data, as far as samples are there."""
    own = torch.bincount(label, minlength=len(size)).double()
    weight = (size / own.clamp_min(1)) * (own >= ENOUGH)
    weight = weight if bool(weight.any()) else torch.ones_like(weight)
    chosen: Tensor = weight[label]
    return chosen / chosen.sum()


def ratio_of_means(mine: Tensor, weight: Tensor, theirs: Tensor) -> Ratios:
    """Weighted mean of one over the mean of the other, and its relative error from how both vary."""
    if min(len(mine), len(theirs)) < ENOUGH:
        nothing = mine.new_zeros(mine.shape[1])
        return Ratios(nothing, nothing, nothing > 0, nothing)
    real, own = theirs.mean(0), (weight[:, None] * mine).sum(0)
    known = real > FLAT**2
    safe = real.clamp_min(1e-300)
    vary = theirs.std(0) / safe
    spread = (weight[:, None] * (mine - own).square()).sum(0).sqrt() / own.clamp_min(1e-300)
    worth = 1 / weight.square().sum()  # independent samples that the weighted ones are worth
    varies = torch.maximum(vary, torch.where(own > 0, spread, 0.0))
    return Ratios(own / safe, (varies.square() / worth + vary.square() / len(theirs)).sqrt(), known, vary)


def describe(evidence: Evidence, ratios: Ratios, which: Tensor, side: float, word: str) -> str:
    """The finding in one line; what is far from real data's centre is cut, so that factors above 1 are the least."""
    if not len(which):
        return f"no direction varies much {word} than in real data"
    order = which[(side * ratios.value[which]).argsort(descending=True)]
    factors = ratios.value[order[:LISTED]].sqrt().tolist()
    named = [
        f"{evidence.direction_names[k]} ({percent(f) if side < 0 else f'{f:.2g} times or more'})"
        for k, f in zip(order[:LISTED].tolist(), factors, strict=True)
    ]
    more = f" and {len(which) - LISTED} more" if len(which) > LISTED else ""
    said = (
        "samples vary much less than real data"
        if side < 0
        else "samples are much farther than real data from its means"
    )
    return f"{said} along {', '.join(named)}{more}"
