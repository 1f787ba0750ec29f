"""Modes that the samples have lost."""

from __future__ import annotations

import numpy as np
import torch
from scipy.special import bdtr
from torch import Tensor

from gancheck.metrics.modes import HELD
from gancheck.scoring.evidence import LEVEL, Evidence, bonferroni, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.paired_tests import holm
from gancheck.system.counts import choose_verb, say_count

KEPT = 0.75  #: of its share: a mode that can hold so much is never called dropped
SLACK = 1.2  #: on the advice of how many samples would do
ASTRAY = 0.5  #: of its share, samples of any quality near the mode: with more, they are bad rather than missing


def check_dropped_modes(evidence: Evidence) -> Finding:
    """A mode is dropped when it holds under a tenth of its share, and three quarters of it can be ruled out.

    Exact binomial tests of the high-quality samples, Holm over the modes; where shares were estimated, conditional on
    both counts. Samples of any quality near the mode must be short too, or it is fidelity that is lost.
    """
    p = torch.from_numpy(holm(short(evidence).numpy()))
    dropped = (p <= LEVEL) & (evidence.ratios < HELD) & (evidence.anywhere < ASTRAY)
    perhaps = (evidence.ratios < HELD) & (evidence.anywhere < ASTRAY)
    mass = float(evidence.weights[dropped].sum())
    which = torch.nonzero(dropped).flatten()
    return Finding(
        kind="dropped-modes",
        found=bool(dropped.any()),
        text=describe_dropped(evidence, which, mass),
        test="exact binomial tests of each mode's samples, Holm-corrected",
        p=bonferroni(float(p[dropped].max() if dropped.any() else p.min())),
        effect="share of real data in dropped modes",
        value=mass,
        low=mass,
        high=float(evidence.weights[perhaps].sum()),
        margin=0.0,
        modes=tuple(which.tolist()),
    )


def short(evidence: Evidence) -> Tensor:
    """(K,) p-values of "the mode holds at least three quarters of its share"."""
    count, n = evidence.held.numpy(), evidence.captured
    if n == 0:
        return torch.ones(len(count), dtype=torch.float64)
    if evidence.counts is None:
        p = bdtr(count, int(n), KEPT * evidence.weights.numpy())
    else:
        real = np.floor(evidence.counts.numpy())
        p = bdtr(count, (count + real).astype(int), KEPT * n / (KEPT * n + real.sum()))
    return torch.from_numpy(np.nan_to_num(p, nan=1.0))


def detectable(evidence: Evidence) -> float:
    """Share of real data in modes whose complete loss these samples would show; modes left out never would."""
    n, k = evidence.captured, len(evidence.weights)
    if n == 0:
        return 0.0
    if evidence.counts is None:
        log_p = n * torch.log1p(-KEPT * evidence.weights)
    else:
        ratio = KEPT * n / float(evidence.counts.sum())
        log_p = -evidence.counts.floor() * float(np.log1p(ratio))
    return evidence.covered * float(evidence.weights[log_p <= np.log(LEVEL / k)].sum())


def samples_needed(evidence: Evidence) -> int:
    """Samples from which on nine tenths of the data could be seen missing."""
    order = evidence.weights.sort(descending=True).values
    rarest = float(order[int((order.cumsum(0) < 0.9).sum().clamp_max(len(order) - 1))])
    # Where nothing is captured, nothing is known about quality: advice must not multiply by it.
    good = max(1e-3, evidence.captured / len(evidence.modes)) if evidence.captured else 1.0
    wanted = -np.log(LEVEL / len(order))
    if evidence.counts is None:
        return int(SLACK * wanted / (KEPT * rarest) / good) + 1
    real = float(evidence.counts.sum())
    return int(min(SLACK * real / KEPT * np.expm1(wanted / max(rarest * real - 1, 1)) / good, 1e9)) + 1


def describe_dropped(evidence: Evidence, which: Tensor, mass: float) -> str:
    """The finding in one line."""
    k = len(evidence.weights)
    if not len(which):
        return f"no {'mode' if evidence.modes_are_natural else 'region'} of {k} is missing"
    modes = say_count(k, "mode" if evidence.modes_are_natural else "region")
    verb = choose_verb(len(which), "is", "are")
    return f"{len(which):,} of {modes} {verb} missing ({percent(mass)} of real data): {evidence.listed(which)}"
