"""Diversity without a reference: how many different samples there are, by the spectrum of their similarities."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.metrics.base import metric
from gancheck.metrics.modes import effective_number
from gancheck.view import View


@metric("vendi", better="higher", low=1, needs="samples", at_most=5_000)
def vendi(view: View) -> Tensor:
    """Effective number of samples: exponential of the entropy of the eigenvalues of K / n, K the cosine similarities.

    1 (all the same direction) to min(n, d), and one more where some samples are 0: those have no direction and count
    as one another's copies. It depends on n and saturates at d, so at 2 in the plane. A perfect generator gets
    what real data gets at the same n, which is what vendi-ratio compares.
    Friedman & Dieng, "The Vendi score: a diversity evaluation metric for machine learning", TMLR 2023.
    """
    return effective_number(view.samples.once(spectrum)).clamp_min(1)


@metric("vendi-ratio", better="one", low=0, needs="samples", at_most=5_000)
def vendi_ratio(view: View) -> Tensor:
    """Vendi score over that of a real draw of the same n.

    From 0; below 1 is less diverse than real data, above 1 more, and a perfect generator gets 1 on average. BadData
    without a real draw of the same n.
    """
    return vendi(view) / vendi(view.real_row)


def spectrum(cloud: Cloud) -> Tensor:
    """Eigenvalues of K / n, float64 and at least 0, from the n x n or the d x d matrix, whichever is smaller."""
    norms = torch.cat([x.norm(dim=1) for _, x in cloud.blocks()])
    directed = norms > 0
    zeros = (~directed).double().mean().reshape(1)
    unit = cloud.x[directed] / norms[directed, None]
    small = unit @ unit.T if len(unit) <= cloud.dimension else unit.T @ unit
    return torch.cat([torch.linalg.eigvalsh(small).clamp_min(0) / len(cloud), zeros])
