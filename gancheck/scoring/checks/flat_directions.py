"""Directions in which the samples do not vary at all."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.scoring.checks.directions import FLAT, LISTED, Spans, spans
from gancheck.scoring.checks.median_widths import never_twice
from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.scores import Finding

MARGIN = 0.1  #: of real data's standard deviation, over all modes together
EVENTS = 30  #: what the samples' number is worth, at least, in a direction where few real samples make the variance


def check_flat_directions(evidence: Evidence) -> Finding | None:
    """A direction is flat where the samples' standard deviation is under a tenth of real data's, modes or not.

    Rare values make a variance uncertain: n samples are worth n / v^2, v the standard deviation of real squared
    deviations over their mean, which is the number of rare ones to expect, and no more than n; directions worth less
    than 30 are told by the middle half of the values instead, where real data takes none of these twice.
    A direction of two values of which samples have one is a mode that is dropped rather than narrow. None where the
    modes' own facets say it all, as with datasets.
    """
    x = evidence.cached(spans)
    if x is None or min(len(x.fake), len(x.real)) < 2:
        return None
    real = (x.real - x.real.mean(0)).square()
    whole = real.mean(0)
    worth = (len(x.fake) * whole.square() / real.var(0).clamp_min(1e-300)).clamp_max(len(x.fake))
    known = (whole > FLAT**2) & (worth >= EVENTS)
    ratio = torch.where(known, x.fake.std(0) / whole.clamp_min(1e-300).sqrt(), middle_ratio(x, ~known))
    flat = torch.nonzero(ratio < MARGIN).flatten()
    least, lost = float(ratio.min()), flat[lost_values(x, flat) > 0]
    return Finding(
        kind="dropped-modes" if len(lost) else "shrunken-modes",
        found=len(flat) > 0,
        text=describe_lost(evidence, x, lost) if len(lost) else describe(evidence, flat),
        test="ratio of standard deviations along each direction, over all modes",
        p=None,
        effect="smallest standard deviation along a direction over real data's, over all modes",
        value=least,
        low=least,
        high=least,
        margin=MARGIN,
    )


def middle_ratio(x: Spans, which: Tensor) -> Tensor:
    """(q,) width of the middle half of the samples over real data's, in some directions; 1 in others."""
    ratio = torch.ones_like(which, dtype=torch.float64)
    if len(x.fake) < EVENTS or not bool(which.any()):
        return ratio
    own, real = (middle_half(side[:, which]) for side in (x.fake, x.real))
    smooth = never_twice(x.real[:, which]) & (real > FLAT)
    ratio[which] = torch.where(smooth, own / real.clamp_min(1e-300), 1.0)
    return ratio


def middle_half(x: Tensor) -> Tensor:
    """(q,) distance between the quartiles of each column."""
    quarter = max(1, len(x) // 4)
    return x.kthvalue(len(x) + 1 - quarter, dim=0).values - x.kthvalue(quarter, dim=0).values


def lost_values(x: Spans, which: Tensor) -> Tensor:
    """(k,) share of real data at the one of two values that no sample has, in some directions; 0 in others."""
    real, own = x.real[:, which], x.fake[:, which]
    low, high = real.amin(0), real.amax(0)
    two = ((real == low) | (real == high)).all(0) & (high > low)
    only_low, only_high = (own == low).all(0), (own == high).all(0)
    at_high = (real == high).double().mean(0)
    return torch.where(only_low, at_high, 1 - at_high) * (two & (only_low | only_high))


def describe_lost(evidence: Evidence, x: Spans, lost: Tensor) -> str:
    """The values that are gone, in one line."""
    named = [
        f"{evidence.direction_names[k]} ({percent(share)} of real data)"
        for k, share in zip(lost[:LISTED].tolist(), lost_values(x, lost)[:LISTED].tolist(), strict=True)
    ]
    more = f" and {len(lost) - LISTED} more" if len(lost) > LISTED else ""
    return f"no sample has one of the two values of {', '.join(named)}{more}"


def describe(evidence: Evidence, flat: Tensor) -> str:
    """The finding in one line."""
    if not len(flat):
        return "samples vary along every direction"
    named = ", ".join(evidence.direction_names[k] for k in flat[:LISTED].tolist())
    more = f" and {len(flat) - LISTED} more" if len(flat) > LISTED else ""
    return f"samples hardly vary along {named}{more}"
