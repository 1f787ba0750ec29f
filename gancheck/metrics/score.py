"""Overlap and spread in one number."""

from __future__ import annotations

from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.metrics.histogram import overlap
from gancheck.metrics.spread import spread


@metric("score", better="higher", low=0, high=1, needs="modes")
def score(view: View) -> Tensor:
    """Overlap times spread, over the same for a real draw of the same n, cut to [0, 1].

    It falls for dropped, uneven and shrunken modes and for blur; it does not see copied training data. A perfect
    generator gets about 1 at any n; nothing captured: 0. BadData without a real draw, or where that draw scores 0.
    On the ring it did not see: copy.
    """
    real = overlap(view.real_row) * spread(view.real_row)
    if real == 0:
        raise BadData("the real draw is too small to measure spread in any mode: draw more samples")
    return (overlap(view) * spread(view) / real).clamp(0, 1)
