"""Handwritten digits of 8 x 8 pixels that come with scikit-learn, in three parts."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

Pair = tuple[Tensor, Tensor]
PARTS = [1_000, 397, 400]  #: training, held-out, test


@cache
def digits() -> tuple[Pair, Pair, Pair]:
    """Pixels (n, 64) from 0 to 1 and labels: training, held-out and test data."""
    from sklearn.datasets import load_digits

    found = load_digits()
    order = torch.randperm(len(found.target), generator=torch.Generator().manual_seed(0))
    x = torch.tensor(found.data / 16, dtype=torch.float32)[order]
    y = torch.tensor(found.target, dtype=torch.int64)[order]
    first, second, third = zip(torch.split(x, PARTS), torch.split(y, PARTS), strict=True)
    return first, second, third
