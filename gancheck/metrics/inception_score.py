"""How sure and how varied a classifier finds the samples."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.seeding import permutation
from gancheck.plugins.parameters import positive
from gancheck.statistics.estimate import Estimate, around


@metric("inception-score", better="higher", low=1, needs="classes", on_request=True)
def inception_score(view: View, splits: int = 1) -> Estimate | Tensor:
    """exp of the mean KL divergence of each sample's class probabilities from their mean over all samples.

    1 (every sample looks alike to the classifier) to C, its number of classes, and never above n; one sample gets 1. A
    perfect generator gets what real data gets at the same n, and C only if classes are equally frequent and never in
    doubt: read it beside the real row. It grows with n up to several C. `inception-score(splits=10)` is the mean over
    ten random parts, as papers report it, without an interval; it is lower, for each part has a tenth of the
    samples. The interval is the jackknife's. Blind to collapse inside classes, to copies of training samples, and to
    everything that the classifier does not look at. Rows that are no probabilities, or fewer rows than splits: BadData.
    Salimans et al., "Improved techniques for training GANs", NeurIPS 2016; Barratt & Sharma, "A note on the Inception
    score", 2018.
    On digits it saw every damage tried.
    """
    p = probabilities(view.classes)
    if positive(splits, "splits") > 1:
        return torch.stack([score_of(part) for part in split_evenly(p, splits)]).mean()
    n, certainty, mean = len(p), -entropy(p), p.mean(0)
    value = score_of(p)
    if n == 1:
        return Estimate(value, torch.ones_like(value), torch.full_like(value, p.shape[1]))
    spread = around(value, jackknife(p, mean, certainty, view.samples.chunk))
    return Estimate(value, spread.low.clamp_min(1), spread.high.clamp_max(p.shape[1]))


def score_of(p: Tensor) -> Tensor:
    """Scalar, of class probabilities (n, C)."""
    return (entropy(p.mean(0)) - entropy(p).mean()).exp().clamp(1, p.shape[1])


def split_evenly(p: Tensor, splits: int) -> list[Tensor]:
    """So many random parts, the same every time, which differ by one row at most: files may be sorted by class."""
    n = len(p)
    if n < splits:
        raise BadData(f"{n} samples cannot be split into {splits} parts: draw more, or take fewer splits")
    order = permutation(n, p.device, "inception-score", "splits")
    return [p[order[i * n // splits : (i + 1) * n // splits]] for i in range(splits)]


def jackknife(p: Tensor, mean: Tensor, certainty: Tensor, chunk: int) -> Tensor:
    """Scalar standard error, from the n scores that leave one sample out."""
    n = len(p)
    rows = max(1, chunk // (8 * p.shape[1]))
    marginal = torch.cat([entropy((mean * n - part).clamp_min(0) / (n - 1)) for part in torch.split(p, rows)])
    scores = (marginal + (certainty.sum() - certainty) / (n - 1)).exp()
    return ((n - 1) * scores.var(correction=0)).sqrt()


def probabilities(classes: Tensor) -> Tensor:
    """(n, C) float64 rows that sum to 1 exactly; BadData where they hardly do."""
    p = classes.double()
    total = p.sum(1, keepdim=True)
    if not (p >= 0).all() or not ((total - 1).abs() < 1e-3).all():
        raise BadData(
            "class probabilities must be at least 0 and sum to 1 in every row; give probabilities, not logits"
        )
    return p / total


def entropy(p: Tensor) -> Tensor:
    """Shannon entropy in nats over the last dimension."""
    total: Tensor = torch.special.xlogy(p, p).sum(-1)
    return -total
