"""How many modes the samples hold.

Captured modes after Srivastava et al., "VEEGAN: reducing mode collapse in GANs using implicit variational learning",
NeurIPS 2017; one lucky sample is enough for that rule, so the headline asks for a tenth of a mode's share.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric

HELD, QUARTER, HALF = 0.1, 0.25, 0.5  #: parts of its own share that a mode must hold
ROUNDING = 1e-6  #: of float32 weights, which may not ask for one sample more


@metric("modes", better="higher", low=0, needs="modes")
def modes(view: View) -> Tensor:
    """Modes that hold at least 10 % of their share, and at least one sample.

    Counted by high-quality samples against max(1, 0.1 n w_k). 0 to K; nothing captured: 0. A perfect generator gets K
    unless n w_k is so small that a mode stays empty by chance.
    On the ring it did not see: imbalance, shrink, blur, copy, repeat.
    """
    return holding(view.modes, HELD)


@metric("modes-quarter", better="higher", low=0, needs="modes")
def modes_quarter(view: View) -> Tensor:
    """Modes that hold at least a quarter of their share, and at least one sample: the rule of `modes`, stricter.

    0 to K; nothing captured: 0. A perfect generator gets K where n w_k is 40 or more.
    On the ring it did not see: imbalance, shrink, blur, copy.
    """
    return holding(view.modes, QUARTER)


@metric("modes-half", better="higher", low=0, needs="modes")
def modes_half(view: View) -> Tensor:
    """Modes that hold at least half of their share, and at least one sample: the rule of `modes`, stricter.

    0 to K; nothing captured: 0. A perfect generator gets K where n w_k is 100 or more. Samples that are good less
    often than half the time cannot hold all of them.
    On the ring it did not see: shrink, copy.
    """
    return holding(view.modes, HALF)


@metric("modes-argmax", better="higher", low=0, needs="modes")
def modes_argmax(view: View) -> Tensor:
    """Modes that are the nearest one, or the classifier's first choice, of at least one sample, good or not.

    The count of the Stacked MNIST papers: different predicted triples, no quality asked. 0 to K; a perfect
    generator gets K at large n, and noise can get it too.
    Metz et al., "Unrolled generative adversarial networks", ICLR 2017.
    On the ring it did not see: imbalance, shrink, blur, copy, repeat, junk.
    """
    label = view.modes.assignment.label
    return (torch.bincount(label, minlength=len(view.modes.weights)) > 0).double().sum()


@metric("modes-any", better="higher", low=0, needs="modes")
def modes_any(view: View) -> Tensor:
    """Modes with at least one high-quality sample, the rule of the papers.

    0 to K; nothing captured: 0. A perfect generator gets sum(1 - (1 - 0.98889 w_k)^n): 916 of 1,000 at n = 2,500.
    On the ring it did not see: imbalance, shrink, blur, copy, repeat, junk.
    """
    return (view.modes.counts > 0).double().sum()


@metric("effective-modes", better="higher", low=0, needs="modes")
def effective_modes(view: View) -> Tensor:
    """Exponential of the entropy of the histogram of high-quality samples: how many equal modes would be as diverse.

    0 to K; nothing captured: 0. A perfect generator gets the exponential of the weights' entropy, times about
    1 - (K - 1) / 2n. Hill, "Diversity and evenness", Ecology 1973 (order 1).
    On the ring it did not see: shrink, blur, copy.
    """
    return effective_number(view.modes.shares) * (view.modes.captured > 0)


@metric("diversity", better="one", low=0, needs="modes")
def diversity(view: View) -> Tensor:
    """Effective modes over those of a real draw of the same n.

    From 0; 1 is real data's, and a perfect generator gets 1 at any n on average. Above 1 only where the modes'
    real shares are unequal and the generator evens them out. BadData without a real draw, or where it captures nothing.
    On the ring it did not see: shrink, blur, copy.
    """
    real = effective_modes(view.real_row)
    if real == 0:
        raise BadData("the real draw has no high-quality sample: check the dataset's assignment, or draw more")
    return effective_modes(view) / real


def holding(modes: Modes, part: float) -> Tensor:
    """How many modes hold at least this part of their share, and at least one sample."""
    wanted = (part * len(modes) * modes.weights * (1 - ROUNDING)).clamp_min(1)
    return (modes.counts >= wanted).double().sum()


def effective_number(shares: Tensor) -> Tensor:
    """Exponential of the entropy -sum p ln p, with 0 ln 0 = 0."""
    return (-torch.xlogy(shares, shares).sum()).exp()
