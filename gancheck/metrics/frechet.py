"""Distance between the Gaussians that fit two sets of samples."""

from __future__ import annotations

from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.numerics.frechet import frechet


@metric("fid", better="lower", low=0)
def fid(view: View) -> Tensor:
    """Frechet distance on the features in use: squared gap of means plus squared gap of covariance roots.

    From 0, in squared feature units. Biased upward: a perfect generator gets more than 0 at finite n, about
    tr S (1 / n + 1 / m) from the means alone, so read it beside the real row. It sees two moments only: half of a ring
    can be missing unseen. One repeated sample has covariance 0; fewer than 2 samples: BadData.
    Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium", NeurIPS 2017.
    On the ring it did not see: shrink, blur, copy.
    """
    return frechet(view.samples, view.real_samples)
