"""Modes of unequal size, and too few samples.

Classes: a warning where the largest holds 3 times the smallest or more, and equal shares are out of question
(chi-square, p < 0.001): rare modes are the first that a GAN drops, and need as many times the samples to be tested.
Clusters: 5 times, as k-means may split one mode or join two.

A mode of share w is tested from about 10 / w samples on, as fewer than 10 of its own leave a missing mode open to
chance; real data has to be halved for that, so that modes below 20 samples get a warning. Neighbour metrics want at
least 100 samples a half, and a covariance, as in FID, more samples a half than features.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import chdtrc

from gancheck.inspection.modes import ModeGroups
from gancheck.inspection.problem import Problem
from gancheck.system.counts import choose_verb, say_count

RATIO = {"class": 3.0, "cluster": 5.0}
CHANCE = 1e-3
PER_MODE = 10  #: expected samples from which a missing mode is no accident
HALF = 100
INCEPTION = 2_048  #: features of the network that FID is usually computed with


def find_imbalance(groups: ModeGroups, scale: float) -> list[Problem]:
    """Groups that are not nearly equal, and groups that are too small; `scale` is samples in all over those grouped."""
    counts, ratio = np.array(groups.counts), max(groups.counts) / max(min(groups.counts), 1)
    expected = counts.mean()
    p = float(chdtrc(max(len(counts) - 1, 1), ((counts - expected) ** 2 / expected).sum()))
    small, large = (f"{groups.sort} {groups.names[i]}" for i in (counts.argmin(), counts.argmax()))
    problems = []
    if len(counts) > 1 and ratio >= RATIO[groups.sort] and p < CHANCE:
        text = (
            f"{large} has {ratio:.3g} times the samples of {small} ({share(groups.shares.max())} against "
            f"{share(groups.shares.min())} of all); rare modes are dropped first: balance the draws, or collect more"
        )
        evidence = {"ratio": ratio, "p": p, "largest": large, "smallest": small, "groups": len(counts)}
        problems.append(Problem("imbalance", "warning", text, evidence))
    return problems + find_small_modes(groups, scale)


def find_small_modes(groups: ModeGroups, scale: float) -> list[Problem]:
    """Modes below 20 samples."""
    few = [n for n, c in zip(groups.names, groups.counts, strict=True) if c * scale < 2 * PER_MODE]
    if not few:
        return []
    named = ", ".join(few[:5]) + (", ..." if len(few) > 5 else "")
    text = (
        f"under {2 * PER_MODE} samples: {len(few)} of {len(groups.counts)} modes ({groups.sort} {named}); a held-out "
        f"half then has under {PER_MODE}, too few to tell a dropped mode from chance: collect more, or join modes"
    )
    return [Problem("small-modes", "warning", text, {"modes": few, "under": 2 * PER_MODE})]


def find_shortage(count: int, size: int, *, images: bool) -> list[Problem]:
    """Too few samples for any mode, or for the features (`size` of them) that anything but images is compared by."""
    problems = []
    if count < 2 * HALF:
        text = (
            f"{say_count(count, 'sample')} {choose_verb(count, 'is', 'are')} few: half of them held out leaves under "
            f"{HALF}, and precision, recall and coverage need that many at least; collect {2 * HALF} or more"
        )
        problems.append(Problem("few-samples", "warning", text, {"n": count, "needed": 2 * HALF}))
    features = INCEPTION if images else size
    if count // 2 <= features:
        what = "the 2,048 Inception features" if images else say_count(features, "feature")
        remedy = "or use features of fewer dimensions" if images else "or drop features"
        needed = 2 * features + 2
        most = say_count(features, "sample")
        text = f"FID on {what} wants more than {most} a half, {needed:,} in all; collect more, {remedy}"
        evidence = {"n": count, "features": features, "needed": needed}
        problems.append(Problem("few-for-fid", "note" if images else "warning", text, evidence))
    return problems


def list_modes(groups: ModeGroups, scale: float) -> list[dict[str, Any]]:
    """One row a mode: its samples, its share, and from how many samples on its absence can be tested."""
    rows = zip(groups.names, groups.counts, groups.shares, strict=True)
    return [
        {
            "name": n,
            "samples": round(c * scale),
            "share": float(s),
            "testable_from": math.ceil(PER_MODE / s) if s else None,
        }
        for n, c, s in rows
    ]


def share(value: float) -> str:
    """A share for people."""
    return f"{100 * value:.3g} %"
