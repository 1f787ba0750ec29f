"""Samples that are one point, or a few, over and over."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.neighbours import distances
from gancheck.scores import Finding
from gancheck.verdict.evidence import LEVEL, Evidence, reach
from gancheck.view import View

MOST = 2_000  #: samples whose pairs are looked at
SAME = 0.1  #: of the usual distance inside a mode: nearer, two samples count as one point
FEW = 20  #: different points, up to which samples are called collapsed
RICHER = 10  #: real data's own rate of pairs that count as one, times so much, is not collapse either
SURELY = 0.5  #: a rate of such pairs that is collapse whatever real data does


def check(evidence: Evidence) -> Finding:
    """Samples are collapsed when two of them are the same point so often that at most 20 different ones explain it.

    The rate is a U-statistic over pairs; its error is the jackknife's. Two samples are the same point when they are
    nearer than a tenth of the median distance between two real samples of one mode.
    """
    near = SAME * usual(evidence.real)
    rate, error = collisions(evidence.view.samples.head(MOST), near)
    real, _ = collisions(evidence.real.samples.head(MOST), near)
    least = max(1 / FEW, min(SURELY, RICHER * real))
    low, high = max(rate - reach(LEVEL) * error, 0.0), min(rate + reach(LEVEL) * error, 1.0)
    many = float(len(evidence.view.samples))
    different = [min(many, 1 / r) if r > 0 else many for r in (rate, high, low)]
    found = low > least
    return Finding(
        kind="collapsed",
        found=found,
        text=(
            f"the samples are as good as {different[0]:.0f} point{'s' if different[0] >= 1.5 else ''}"
            if found
            else "the samples are not a few points"
        ),
        test="rate of pairs nearer than a tenth of the usual distance inside a mode",
        p=None,
        effect="effective number of different samples",
        value=different[0],
        low=different[1],
        high=different[2],
        margin=1 / least,
    )


def usual(real: View) -> float:
    """Median distance between two real samples of one mode; over all pairs where hardly any share a mode."""
    cloud, label = real.samples.head(MOST), real.modes.assignment.label[:MOST]
    inside, anywhere = [], []
    for here, x in cloud.blocks():
        for there, y in cloud.blocks():
            block = distances(x, y, cloud.mean)
            pairs = torch.ones_like(block, dtype=torch.bool)
            if here == there:
                pairs.fill_diagonal_(False)
            anywhere.append(block[pairs].min().reshape(1) if pairs.any() else block.new_zeros(0))
            inside.append(block[pairs & (label[here, None] == label[there])])
    known = torch.cat(inside)
    return float(known.median()) if len(known) else float(torch.cat(anywhere).median())


def collisions(cloud: Cloud, near: float) -> tuple[float, float]:
    """Rate of pairs that are at most `near` apart, and its standard error."""
    n = len(cloud)
    if n < 2:
        return 0.0, 1.0
    hits = [sum_near(cloud, x, near) for _, x in cloud.blocks()]
    each = (torch.cat(hits) - 1) / (n - 1)
    return float(each.mean()), float(2 * each.std() / n**0.5)


def sum_near(cloud: Cloud, x: Tensor, near: float) -> Tensor:
    """(b,) samples of the cloud at most `near` from each row, itself included."""
    return torch.stack([(distances(x, y, cloud.mean) <= near).double().sum(1) for _, y in cloud.blocks()]).sum(0)
