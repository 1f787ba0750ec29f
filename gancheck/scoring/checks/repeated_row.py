"""One row that is there again and again among samples that are otherwise sound."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.numerics.fingerprints import row_fingerprints
from gancheck.scoring.checks.collapsed import real_prints
from gancheck.scoring.evidence import Evidence, bonferroni, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.estimate import of_rate

ONCE = 1  #: times that a row is in real data, at most, where it is no value that real data takes again


class RepeatedRow(NamedTuple):
    """The row of the samples that says most against chance."""

    found: bool
    p: float  #: chance of so many of its copies among the samples, were they dealt out to both sides at random
    samples: int  #: copies of it
    real: int  #: the same in real data


def check_repeated_row(evidence: Evidence) -> Finding:
    """Samples are undecided where one row is there again and again, and at most once in real data.

    The chance that so many of the row's copies fall among the samples, if samples and real data come from one
    distribution, is hypergeometric. It is corrected for all rows that could say so (Tarone's bound), so that the test
    holds its level whatever the data, continuous or discrete. Tarone, "A modified Bonferroni method for discrete
    data", Biometrics 1990.
    """
    n = len(evidence.view.samples)
    row = most_repeated(evidence.view.samples.cached(row_fingerprints), real_prints(evidence), evidence.level)
    share = of_rate(torch.tensor(row.samples / n, dtype=torch.float64), n, evidence.level).bounded
    seen = "once" if row.real else "never"
    return Finding(
        kind="undecided",
        found=row.found,
        text=(
            f"one sample is there {row.samples:,} times among {n:,} ({percent(share.mean)}), in real data {seen}"
            if row.found
            else "no sample is there again and again that is not in real data too"
        ),
        test="hypergeometric test of the most repeated row, with Tarone's correction",
        p=bonferroni(row.p),
        effect="share of the samples that are one row",
        value=share.mean,
        low=share.low,
        high=share.high,
        margin=0.0,
    )


def most_repeated(fake: Tensor, real: Tensor, level: float) -> RepeatedRow:
    """The row that is least likely by chance, from the fingerprints of samples (n,) and of real rows (m,)."""
    which = torch.unique(torch.cat([fake, real]), return_inverse=True)[1]
    rows = int(which.max()) + 1
    own, theirs = (torch.bincount(part, minlength=rows) for part in which.split([len(fake), len(real)]))
    most = int(theirs.max()) + 1
    both, many = torch.unique(own * most + theirs, return_counts=True)  # rows with the same counts, once
    own, theirs = both // most, both % most
    tested = candidates(own + theirs, many, len(fake), len(real), level)
    p = (tested * chance_of(own, theirs, len(fake), len(real))).clamp_max(1).masked_fill(theirs > ONCE, 1)
    least = int(p.argmin())
    return RepeatedRow(bool(p[least] <= level), float(p[least]), int(own[least]), int(theirs[least]))


def candidates(copies: Tensor, many: Tensor, n: int, m: int, level: float) -> int:
    """How many rows count as tested: the fewest k such that no more could have a chance of `level` / k.

    `copies` (r,) is how often rows are there on both sides together, and `many` (r,) how many such rows there are.
    """
    least, order = chance_of(copies, torch.zeros_like(copies), n, m).sort()
    before = torch.cat([many.new_zeros(1), many[order].cumsum(0)])
    needed = torch.cat([(level / least).floor() + 1, least.new_zeros(1)])  # for the rows from each on to be left out
    return max(1, int(torch.maximum(before.double(), needed).min()))


def chance_of(own: Tensor, theirs: Tensor, n: int, m: int) -> Tensor:
    """(r,) chance that at least `own` (r,) of `own` + `theirs` copies, `theirs` at most 1, are among the first n of
    n + m rows."""
    copies = own + theirs
    all_here = log_choose(n, copies) - log_choose(n + m, copies)
    one_there = log_choose(n, copies - 1) + math.log(m) - log_choose(n + m, copies)
    return (all_here.exp() + torch.where(theirs > 0, one_there.exp(), 0.0)).clamp_max(1)


def log_choose(n: int, k: Tensor) -> Tensor:
    """Logarithm of n over k; minus infinity where k is larger."""
    n_ = torch.tensor(float(n), dtype=torch.float64, device=k.device)
    k = k.double()
    made = torch.lgamma(n_ + 1) - torch.lgamma(k + 1) - torch.lgamma((n_ - k).clamp_min(0) + 1)
    return torch.where(k <= n_, made, -torch.inf)
