"""Directions in which the samples do not vary at all."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.scoring.checks.directions import FLAT, LISTED, spans
from gancheck.scoring.evidence import Evidence
from gancheck.scoring.scores import Finding

MARGIN = 0.1  #: of real data's standard deviation, over all modes together
EVENTS = 30  #: what the samples' number is worth, at least, in a direction where few real samples make the variance


def check_flat_directions(evidence: Evidence) -> Finding | None:
    """A direction is flat where the samples' standard deviation is under a tenth of real data's, modes or not.

    Rare values make a variance uncertain: n samples are worth n / v^2, v the standard deviation of real squared
    deviations over their mean, which is the number of rare ones to expect, and no more than n; directions worth less
    than 30 are left out.
    None where the modes' own facets say it all, as with datasets.
    """
    x = evidence.cached(spans)
    if x is None or min(len(x.fake), len(x.real)) < 2:
        return None
    real = (x.real - x.real.mean(0)).square()
    whole = real.mean(0)
    worth = (len(x.fake) * whole.square() / real.var(0).clamp_min(1e-300)).clamp_max(len(x.fake))
    known = (whole > FLAT**2) & (worth >= EVENTS)
    ratio = torch.where(known, x.fake.std(0) / whole.clamp_min(1e-300).sqrt(), 1.0)
    flat = torch.nonzero(ratio < MARGIN).flatten()
    least = float(ratio.min())
    return Finding(
        kind="shrunken-modes",
        found=len(flat) > 0,
        text=describe(evidence, flat),
        test="ratio of standard deviations along each direction, over all modes",
        p=None,
        effect="smallest standard deviation along a direction over real data's, over all modes",
        value=least,
        low=least,
        high=least,
        margin=MARGIN,
    )


def describe(evidence: Evidence, flat: Tensor) -> str:
    """The finding in one line."""
    if not len(flat):
        return "samples vary along every direction"
    named = ", ".join(evidence.direction_names[k] for k in flat[:LISTED].tolist())
    more = f" and {len(flat) - LISTED} more" if len(flat) > LISTED else ""
    return f"samples hardly vary along {named}{more}"
