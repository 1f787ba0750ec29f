"""Whether a classifier can tell samples from real data."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.neighbours import TIE, k_nearest_across, radii
from gancheck.statistics.estimate import Estimate, of_rate

K = 5  #: neighbours; coverage asks for as many, and the same pass serves both


@metric("c2st", better="lower", low=0, high=1, max_samples=5_000, on_request=True, slow=True)
def c2st(view: View, k: int = K) -> Estimate:
    """Accuracy of a 5-nearest-neighbour classifier, real or generated, each sample judged by all others.

    0 to 1; 1 where the two sets lie apart. A perfect generator gets 1/2, and a little less at small n (a sample has one
    fellow fewer than strangers); clearly less than 1/2 says that samples sit next to reference samples, as copies do.
    Missing modes show in every dimension. Equal numbers of both sets, the first of the larger; equally near neighbours
    vote together, a draw counts half. The interval allows for neighbours that are judged together. k or fewer samples:
    BadData. In many dimensions, samples that are spread much wider than real ones can get 1/2 too, for everybody's
    neighbours are then real: read it beside precision.
    Lopez-Paz & Oquab, "Revisiting classifier two-sample tests", ICLR 2017; leave-one-out after Xu et al., "An empirical
    study on evaluation metrics of generative adversarial networks", 2018.
    On the ring it saw every damage tried.
    """
    n = min(len(view.samples), len(view.real_samples))
    if not 1 <= k < n:
        raise BadData(f"{k} neighbours need at least {max(k, 1) + 1} samples on both sides, got {n}: draw more")
    sides = view.samples.head(n), view.real_samples.head(n)
    hits = torch.cat([correct(radii(s, k), other) for s, other in zip(sides, k_nearest_across(*sides, k), strict=True)])
    return of_rate(hits.mean(), n)


def correct(own: Tensor, other: Tensor) -> Tensor:
    """(n,) float64, 1 where most of the k nearest are of the own set, 1/2 at a draw; distances (n, k) to both."""
    reach = torch.cat([own, other], 1).kthvalue(own.shape[1], 1, keepdim=True).values * TIE
    lead = (own <= reach).sum(1) - (other <= reach).sum(1)
    return (lead.sign() + 1).double() / 2
