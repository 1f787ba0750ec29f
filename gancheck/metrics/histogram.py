"""How far the histogram of samples over modes is from the real one. Natural logarithms throughout."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric


@metric("reverse-kl", better="lower", low=0, needs="modes")
def reverse_kl(view: View) -> Tensor:
    """KL(p || weights) in nats, p the histogram of high-quality samples over the modes.

    0 to ln(1 / smallest weight), which is also the value where nothing is captured. A perfect generator gets about
    (K - 1) / 2n: 0.0194 for 1,000 modes at n = 26,000. Blind to samples off the modes.
    Lin et al., "PacGAN: the power of two samples in generative adversarial networks", NeurIPS 2018.
    On the ring it did not see: shrink, blur, copy.
    """
    if view.modes.captured == 0:
        return -view.modes.weights.min().log()
    return kl(view.modes.shares, view.modes.weights)


@metric("forward-kl", better="lower", low=0, needs="modes", on_request=True)
def forward_kl(view: View) -> Tensor:
    """KL(weights || p) in nats, p the histogram of high-quality samples over the K modes with 1/2 added to each count.

    From 0; dropped modes weigh far more than in reverse-kl, and by the added half (Jeffreys' prior) they stay finite.
    The largest value, all n samples in the lightest mode, is also the value where nothing is captured. A perfect
    generator gets about (K - 1) / 2n, less where modes expect few samples. Blind to samples off the modes.
    Krichevsky & Trofimov, "The performance of universal encoding", IEEE Transactions on Information Theory 1981.
    On the ring it did not see: shrink, blur, copy.
    """
    counts, weights = view.modes.counts, view.modes.weights
    if view.modes.captured == 0:
        counts = torch.zeros_like(counts).index_fill(0, weights.argmin(), len(view.modes))
    return kl(weights, (counts + 0.5) / (counts.sum() + len(counts) / 2))


@metric("jsd", better="lower", low=0, high=math.log(2), needs="modes")
def jsd(view: View) -> Tensor:
    """Jensen-Shannon divergence in nats between the histogram of high-quality samples and the weights.

    0 to ln 2, which is also the value where nothing is captured. A perfect generator gets about (K - 1) / 8n.
    Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 1991.
    On the ring it did not see: shrink, blur, copy.
    """
    if view.modes.captured == 0:
        return view.modes.weights.new_tensor(math.log(2))
    middle = (view.modes.shares + view.modes.weights) / 2
    return (kl(view.modes.shares, middle) + kl(view.modes.weights, middle)) / 2


@metric("tv", better="lower", low=0, high=1, needs="modes")
def tv(view: View) -> Tensor:
    """Total variation sum |p - q| / 2 over K modes and one bin for samples off every mode.

    q is real data's histogram: weights times the share of high-quality real samples, and the rest (1.1 %) off-mode.
    0 to 1; nothing captured: that share, 0.98889. A perfect generator gets about sum sqrt(q_k (1 - q_k) / 2 pi n).
    On the ring it did not see: shrink, copy.
    """
    counts, n = view.modes.counts, len(view.modes)
    p = torch.cat([counts, n - counts.sum(0, keepdim=True)]) / n
    weights, ceiling = view.modes.weights, view.modes.ceiling
    q = torch.cat([weights * ceiling, weights.new_tensor([1 - ceiling])])
    return (p - q).abs().sum() / 2


@metric("overlap", better="higher", low=0, high=1, needs="modes")
def overlap(view: View) -> Tensor:
    """1 - total variation: the mass that samples and real data have in common, over K modes and one off-mode bin.

    0 to 1; it falls for dropped modes, uneven modes and samples off the modes. A perfect generator: 1 - its tv.
    On the ring it did not see: shrink, copy.
    """
    return 1 - tv(view)


def kl(p: Tensor, q: Tensor) -> Tensor:
    """sum p ln(p / q), with 0 ln 0 = 0; rounding cannot make it negative."""
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum().clamp_min(0)
