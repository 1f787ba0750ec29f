"""Cost of turning the samples into as many real ones."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.distances import squared_distances
from gancheck.numerics.features import FeatureSet


@metric("wasserstein", better="lower", low=0, max_samples=1_000, steep=True, on_request=True, slow=True)
def wasserstein(view: View) -> Tensor:
    """2-Wasserstein distance, exact: root of the mean squared distance in the cheapest pairing with real samples.

    From 0, in feature units; copies of the reference get 0. Where the sets differ in size, the larger one's first
    samples are used. Biased upward: a perfect generator gets far more than 0, of order n^(-1/d), so read it beside the
    real row at the same n. It sees all damage that moves mass, once that is larger than this floor.
    Villani, "Optimal transport: old and new", 2009 (chapter 6).
    On the ring it did not see: shrink, blur, copy.
    """
    from scipy.optimize import linear_sum_assignment  # slow to import, and only this metric needs it

    n = min(len(view.samples), len(view.real_samples))
    a, b = view.samples.head(n), view.real_samples.head(n)
    partner = torch.from_numpy(linear_sum_assignment(costs(a, b).cpu().numpy())[1]).to(a.x.device)
    # From the differences themselves, so that copies cost nothing to the last bit.
    moved = [(x - b.x[partner[here]].double()).square().sum() for here, x in a.blocks()]
    return (torch.stack(moved).sum() / n).sqrt()


def costs(a: FeatureSet, b: FeatureSet) -> Tensor:
    """(n, n) float64 squared distances."""
    table = torch.empty(len(a), len(b), dtype=torch.float64, device=a.x.device)
    for here, x in a.blocks():
        for there, y in b.blocks():
            table[here, there] = squared_distances(x, y)
    return table
