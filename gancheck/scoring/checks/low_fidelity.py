"""Samples that lie off every mode."""

from __future__ import annotations

from gancheck.evaluation.view import View
from gancheck.scoring.evidence import LEVEL, Evidence, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.estimate import of_share
from gancheck.statistics.intervals import Bounded

MARGIN = 0.9  #: of real data's share of high-quality samples


def check_low_fidelity(evidence: Evidence) -> Finding:
    """Fidelity is low when high-quality samples are surely under nine tenths as frequent as in held-out real data.

    Wilson intervals of the two shares, each at half the level; the interval of the ratio joins their far ends.
    """
    fake, real = (shares(view, LEVEL / 2) for view in (evidence.view, evidence.real))
    value, low, high = (a / max(b, 1e-12) for a, b in zip(fake, (real[0], real[2], real[1]), strict=True))
    found = high < MARGIN
    off = 1 - fake[0]
    return Finding(
        kind="low-fidelity",
        found=found,
        text=(
            f"{percent(off)} of the samples lie off every mode, {percent(1 - real[0])} of real data"
            if found
            else "samples lie on the modes about as often as real data"
        ),
        test="Wilson intervals of the shares of high-quality samples",
        p=None,
        effect="share of high-quality samples over real data's",
        value=value,
        low=low,
        high=high,
        margin=MARGIN,
    )


def shares(view: View, level: float) -> Bounded:
    """Share of high-quality samples, and its Wilson interval at a level."""
    return of_share(view.modes.good, level).bounded
