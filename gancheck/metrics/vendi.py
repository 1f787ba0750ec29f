"""Diversity without a reference: how many different samples there are, by the spectrum of their similarities."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.metrics.modes import effective_number
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.frechet import strips


@metric("vendi", better="higher", low=1, needs="samples", max_samples=5_000)
def vendi(view: View) -> Tensor:
    """Effective number of samples: exponential of the entropy of the eigenvalues of K / n, K the cosine similarities.

    1 (all the same direction) to min(n, d), and one more where some samples are 0: those have no direction and count
    as one another's copies. It depends on n and saturates at d, so at 2 in the plane. A perfect generator gets
    what real data gets at the same n, which is what vendi-ratio compares.
    Friedman & Dieng, "The Vendi score: a diversity evaluation metric for machine learning", TMLR 2023.
    On the ring it did not see: shrink, blur, copy, junk.
    """
    return effective_number(view.samples.cached(spectrum)).clamp_min(1)


@metric("vendi-2", better="higher", low=1, needs="samples", max_samples=5_000, on_request=True)
def vendi_2(view: View) -> Tensor:
    """The same by the sum of squares instead of the entropy: 1 / mean squared cosine similarity of all pairs.

    1 to min(n, d), and one more where some samples are 0; never above vendi. Common directions count for more than in
    vendi and rare ones hardly, and no eigenvalues are needed. A perfect generator gets what real data gets at the same
    n: read it beside the real row. It saturates as vendi does, and like it does not see the lengths of features.
    Pasarkar & Dieng, "Cousins of the Vendi score", AISTATS 2024 (order 2).
    On the ring it did not see: shrink, blur, copy, junk.
    """
    return (1 / view.samples.cached(concentration)).clamp_min(1)


@metric("vendi-ratio", better="one", low=0, needs="samples", max_samples=5_000, yardstick=True)
def vendi_ratio(view: View) -> Tensor:
    """Vendi score over that of a real draw of the same n.

    From 0; below 1 is less diverse than real data, above 1 more, and a perfect generator gets 1 on average. BadData
    without a real draw of the same n.
    On the ring it did not see: shrink, blur, copy, junk.
    """
    return vendi(view) / vendi(view.real_row)


def spectrum(features: FeatureSet) -> Tensor:
    """Eigenvalues of K / n, float64 and at least 0."""
    values: Tensor = torch.linalg.eigvalsh(gram(features))
    return torch.cat([values.clamp_min(0), directionless(features)])


def concentration(features: FeatureSet) -> Tensor:
    """Sum of the squared eigenvalues of K / n, which needs none of them."""
    lower = gram(features)
    diagonal, below = lower.diagonal().square().sum(), lower.tril(-1).square_().sum()
    return diagonal + 2 * below + directionless(features).square().sum()


def gram(features: FeatureSet) -> Tensor:
    """The lower triangle of the n x n or the d x d product of directions over n, whichever is smaller."""
    size = min(len(features), features.dimension)
    total = torch.zeros(size, size, dtype=torch.float64, device=features.x.device)
    for here, x in features.blocks():
        u = unit(x)
        if len(features) > features.dimension:
            for strip in strips(size):
                total[strip, : strip.stop].addmm_(u[:, strip].T, u[:, : strip.stop])
        else:
            for there, y in features.blocks():
                if there.start <= here.start:
                    total[here, there] = u @ unit(y).T
    return total.div_(len(features))


def directionless(features: FeatureSet) -> Tensor:
    """(1,) share of samples at 0."""
    return torch.cat([(x == 0).all(1) for _, x in features.blocks()]).double().mean().reshape(1)


def unit(x: Tensor) -> Tensor:
    """Rows scaled to length 1; rows of zeros stay."""
    x = x / x.abs().amax(1, keepdim=True).clamp_min(torch.finfo(x.dtype).tiny)  # so that no square leaves the range
    return x / x.square().sum(1, keepdim=True).sqrt().clamp_min(torch.finfo(x.dtype).tiny)
