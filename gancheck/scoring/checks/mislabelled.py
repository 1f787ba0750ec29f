"""Samples that do not look like the class that they were made for."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.scoring.class_evidence import ENOUGH, LEVEL, ClassEvidence
from gancheck.scoring.evidence import percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.intervals import Bounded, newcombe, score_interval
from gancheck.system.counts import say_count

MARGIN = 0.1  #: of all samples, beyond real data's share, that may look like another class
CLASS_MARGIN = 0.3  #: the same of the samples of one class
CHANCE = 0.05  #: from the share that chance makes right, within which labels seem to be ignored
SHOWN = 3  #: classes that are named with what they look like


def check_mislabelled(evidence: ClassEvidence) -> Finding:
    """Samples are mislabelled when surely a tenth more of them than of real data look like another class than theirs,
    or three tenths of the samples of one class.

    A sample looks like the class whose centre is nearest; how often that is right about held-out real data, in the
    classes that were asked for, is the ceiling. Newcombe's interval of the difference, for a single class at its part
    of the level. High-quality samples alone must say so too: what is only bad is not mislabelled.
    """
    every = Agreement.of(evidence.looks, evidence.real_looks)
    good = Agreement.of(evidence.good_looks, evidence.good_real_looks)
    value = min(every.astray(), good.astray(), key=lambda found: found.low)
    wrong = {k: ends for k, ends in every.classes_astray().items() if k in good.classes_astray()}
    found = Finding(
        kind="mislabelled",
        found=value.low > MARGIN or bool(wrong),
        text="samples look like their classes about as often as real data",
        test="Newcombe interval of the difference between the shares that look like another class",
        p=None,
        effect="share of samples that look like another class, beyond real data's",
        value=value.mean,
        low=value.low,
        high=value.high,
        margin=MARGIN,
        modes=tuple(wrong),
    )
    if value.low > MARGIN:
        return replace(found, text=describe_all(evidence, every))
    if not wrong:
        return found
    worst = max(wrong.values(), key=lambda ends: ends.low)
    return replace(
        found,
        text=describe_classes(evidence, list(wrong)),
        effect="share of the samples of one class that look like another, beyond real data's",
        value=worst.mean,
        low=worst.low,
        high=worst.high,
        margin=CLASS_MARGIN,
    )


class Agreement(NamedTuple):
    """How many samples of each class that is a mode look like it, and how many real ones; all (K,)."""

    hits: Tensor
    counts: Tensor
    real_hits: Tensor
    real_counts: Tensor

    @classmethod
    def of(cls, looks: Tensor, real_looks: Tensor) -> Agreement:
        """From how many of each class are nearest to each mode, (C, K)."""
        own, real = (table[: table.shape[1]] for table in (looks, real_looks))
        return cls(own.diagonal(), own.sum(1), real.diagonal(), real.sum(1))

    def astray(self) -> Bounded:
        """Share of samples that look like another class, less real data's in the same mixture of classes."""
        known = (self.counts > 0) & (self.real_counts > 0)
        if not known.any():
            return Bounded(0.0, -1.0, 1.0)
        n = self.counts[known].sum()
        part = self.counts[known] / n
        real = float((part * self.real_hits[known] / self.real_counts[known]).sum())
        worth = float(1 / (part.square() / self.real_counts[known]).sum())  # real samples in that mixture
        return difference(real, worth, float(self.hits[known].sum() / n), float(n), LEVEL)

    def classes_astray(self) -> dict[int, Bounded]:
        """Classes of which surely three tenths more look like another, with the interval of the difference."""
        large = torch.nonzero((self.counts >= ENOUGH) & (self.real_counts >= ENOUGH)).flatten().tolist()
        ends = {k: self.class_astray(k, LEVEL / len(large)) for k in large}
        return {k: found for k, found in ends.items() if found.low > CLASS_MARGIN}

    def class_astray(self, k: int, level: float) -> Bounded:
        """The difference in one class."""
        counts, real_counts = float(self.counts[k]), float(self.real_counts[k])
        rates = float(self.real_hits[k]) / real_counts, float(self.hits[k]) / counts
        return difference(rates[0], real_counts, rates[1], counts, level)


def difference(a: float, n: float, b: float, m: float, level: float) -> Bounded:
    """The difference a - b of rates from n and m samples."""
    ends = (score_interval(min(max(rate, 0.0), 1.0), size, 1 - level) for rate, size in ((a, n), (b, m)))
    first, second = (Bounded(e.mean, float(e.low or 0), float(1 if e.high is None else e.high)) for e in ends)
    return newcombe(first, second)


def describe_all(evidence: ClassEvidence, every: Agreement) -> str:
    """Where the samples as a whole do not follow their labels."""
    rate = float(every.hits.sum() / every.counts.sum())
    real = rate + every.astray().mean
    what = f"{percent(1 - rate)} of the samples look like another class than theirs, {percent(1 - real)} of real data"
    if abs(rate - by_chance(evidence)) < CHANCE:
        return f"{what}: as many as if labels were ignored"
    gap = (every.real_hits / every.real_counts.clamp_min(1) - every.hits / every.counts.clamp_min(1)).masked_fill(
        every.counts < ENOUGH, -1
    )
    order = [k for k in gap.argsort(descending=True).tolist() if gap[k] > CLASS_MARGIN]
    return f"{what}: {describe_classes(evidence, order)}" if order else what


def by_chance(evidence: ClassEvidence) -> float:
    """Share of samples that would look like their class if they were made without a look at it."""
    looks = evidence.looks[: evidence.looks.shape[1]]
    return float(looks.sum(1) @ looks.sum(0) / looks.sum().square().clamp_min(1))


def describe_classes(evidence: ClassEvidence, classes: list[int]) -> str:
    """`samples of class 3 look like class 5 (71 % of them)`, for the first few."""
    told = []
    for k in classes[:SHOWN]:
        row = evidence.looks[k].clone()
        row[k] = -1
        other = int(row.argmax())
        share = float(row[other] / evidence.looks[k].sum())
        told.append(f"samples of class {evidence.names[k]} look like class {evidence.names[other]} ({percent(share)})")
    more = f"; and {say_count(len(classes) - SHOWN, 'more class')}" if len(classes) > SHOWN else ""
    return "; ".join(told) + more
