"""Distance between two sets of samples through a polynomial kernel."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.errors import BadData
from gancheck.metrics.base import metric
from gancheck.view import View


@metric("kid", better="lower", at_most=5_000)
def kid(view: View) -> Tensor:
    """Squared maximum mean discrepancy with kernel (x.y / d + 1)^3, unbiased: a perfect generator gets 0 on average.

    It may be negative. Every pair is used rather than 100 random subsets of 1,000: the expectation is the same, the
    variance smaller, no random numbers are drawn, and fewer than 1,000 samples are no error. Not invariant to shifts.
    Fewer than 2 samples: BadData. Binkowski et al., "Demystifying MMD GANs", ICLR 2018.
    """
    a, b = view.samples, view.real_samples
    return a.once(self_similarity) + b.once(self_similarity) - 2 * total(a, b) / (len(a) * len(b))


def self_similarity(cloud: Cloud) -> Tensor:
    """Mean kernel over all pairs of two different samples."""
    n = len(cloud)
    if n < 2:
        raise BadData("kid needs at least 2 samples on both sides, got 1: draw more")
    own = torch.stack([kernel(x.square().sum(1), cloud.dimension).sum() for _, x in cloud.blocks()]).sum()
    return (total(cloud, cloud) - own) / (n * (n - 1))


def total(a: Cloud, b: Cloud) -> Tensor:
    """Sum of the kernel over all pairs; of one cloud with itself, each block off the diagonal is computed once."""
    blocks = []
    for here, x in a.blocks():
        for there, y in b.blocks():
            if a is not b or here.start <= there.start:
                twice = 2 if a is b and here != there else 1
                blocks.append(twice * kernel(x @ y.T, a.dimension).sum())
    return torch.stack(blocks).sum()


def kernel(product: Tensor, dimension: int) -> Tensor:
    """(x.y / d + 1)^3 from the scalar products; takes the place of its argument."""
    base = product.div_(dimension).add_(1)
    return base.square().mul_(base)
