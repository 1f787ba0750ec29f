"""How the Stacked MNIST papers compare the generated modes with the real ones: every sample counts, good or not."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.metrics.histogram import kl


@metric("kl-argmax", better="lower", low=0, needs="modes", on_request=True)
def kl_argmax(view: View) -> Tensor:
    """KL(p || weights) in nats, p the histogram of all samples over the nearest modes, or the classifier's choices.

    The number that Stacked MNIST papers print beside `modes-argmax`, whose weights are uniform. 0 to
    ln(1 / smallest weight); a perfect generator gets about (K - 1) / 2n where the classifier does not err. Noise can be
    close to 0 too, as no quality is asked; `reverse-kl` asks for it.
    Metz et al., "Unrolled generative adversarial networks", ICLR 2017.
    On the ring it did not see: shrink, blur, copy.
    """
    label, weights = view.modes.assignment.label, view.modes.weights
    return kl(torch.bincount(label, minlength=len(weights)).double() / len(label), weights)
