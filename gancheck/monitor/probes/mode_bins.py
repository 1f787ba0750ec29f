"""How samples fill bins of real data's features, held against a half of it that the bins were not fitted to."""

from __future__ import annotations

import math
from collections import deque

import torch
from scipy.special import chdtrc
from torch import Tensor

from gancheck.monitor.probes.joined_bins import join_bins
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.kmeans import assign, kmeans
from gancheck.numerics.seeding import generator

BINS = 20  #: at most
LEAST = 20  #: real samples a bin, on average
POOLED = 4  #: checks that are counted together
EXPECTED = 5  #: counts below which bins are joined for the test
COUNTABLE = 10  #: expected samples from which on a bin can be called lost


class ModeBins:
    """k-means bins of one half of real data, joined where they are parts of one mode. Counts of the last few checks are
    pooled where that helps.

    After Richardson & Weiss, "On GANs and GMMs", NeurIPS 2018, but with one chi-square test of all bins.
    """

    def __init__(self, fitted: FeatureSet, counted: FeatureSet) -> None:
        bins = max(2, min(BINS, len(counted) // LEAST))
        self.centres, own = kmeans(fitted.x, bins, generator("cpu", "monitor", "bins"))
        self.modes = join_bins(fitted.x, own, self.centres)
        self.real = self.count(counted.x)
        self.recent: deque[Tensor] = deque(maxlen=POOLED)

    def measure(self, x: Tensor) -> dict[str, float]:
        """All signals of the bins."""
        before = self.recent[-1] if self.recent else None
        now = self.count(x)
        self.recent.append(now)
        pooled = torch.stack(list(self.recent)).sum(0)
        made = {"mode_gap": distance(now, self.real), "mode_shares": significance(pooled, self.real)}
        expected = self.real / self.real.sum() * pooled.sum()
        countable = expected >= COUNTABLE
        if bool(countable.any()):
            made["modes_held"] = float((pooled >= 0.1 * expected)[countable].double().mean())
        return made if before is None else {**made, "mode_drift": distance(now, before)}

    def count(self, x: Tensor) -> Tensor:
        """(M,) float64: samples in the bins of every mode."""
        modes = self.modes[assign(x, self.centres)]
        return torch.bincount(modes, minlength=int(self.modes.max()) + 1).double()


def distance(a: Tensor, b: Tensor) -> float:
    """Total variation between two histograms (K,) of counts, without what chance adds: about 0 where they agree.

    Counts of n and m samples of the same shares q are sum sqrt(q (1 - q) (1 / n + 1 / m) / 2 pi) apart. Chance adds to
    a true distance as legs of a right triangle add, so squares are subtracted; less than chance is negative.
    """
    n, m = a.sum(), b.sum()
    q = (a + b) / (n + m)
    chance = (q * (1 - q) * (1 / n + 1 / m) / (2 * math.pi)).sqrt().sum()
    squares = ((a / n - b / m).abs().sum() / 2).square() - chance.square()
    return float(squares.sign() * squares.abs().sqrt())


def significance(a: Tensor, b: Tensor) -> float:
    """-log10 p of the chi-square test that two histograms (K,) of counts have the same shares; both are samples."""
    n, m = float(a.sum()), float(b.sum())
    both = join(torch.stack([a, b]), EXPECTED * (n + m) / min(n, m))
    a, b = both[:, both.sum(0) > 0]
    if len(a) < 2:
        return 0.0
    statistic = float(((math.sqrt(m / n) * a - math.sqrt(n / m) * b).square() / (a + b)).sum())
    return max(0.0, -log_tail(statistic, len(a) - 1) / math.log(10))


def log_tail(statistic: float, freedom: int) -> float:
    """Logarithm of the chance of a larger chi-square; of its leading term where the chance is no float any more."""
    chance = float(chdtrc(freedom, statistic))
    if chance > 0:
        return math.log(chance)
    half = freedom / 2
    return (half - 1) * math.log(statistic / 2) - statistic / 2 - math.lgamma(half)


def join(counts: Tensor, least: float) -> Tensor:
    """(2, k) counts in which all bins of less than `least` in both together are one bin."""
    small = counts.sum(0) < least
    return torch.cat([counts[:, ~small], counts[:, small].sum(1, keepdim=True)], 1)
