"""Samples that lie off every mode."""

from __future__ import annotations

from gancheck.estimate import of_share
from gancheck.scores import Finding
from gancheck.verdict.evidence import LEVEL, Evidence, percent
from gancheck.view import View

MARGIN = 0.9  #: of real data's share of high-quality samples


def check(evidence: Evidence) -> Finding:
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


def shares(view: View, level: float) -> tuple[float, float, float]:
    """Share of high-quality samples, and its Wilson interval at a level."""
    estimate = of_share(view.modes.good, level)
    return float(estimate), float(estimate.low), float(estimate.high)
