"""Couples: pairs of samples in which each sample is once at most, so that what is measured on them is independent."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.streams import order


def couples(count: int, most: int, metric: str, device: torch.device) -> Tensor:
    """(p, 2) rows below `count`, at most `most` couples and the same every time; BadData below two samples."""
    if count < 2:
        raise BadData(f"{metric} compares pairs and needs at least 2 samples, got {count}: draw more")
    pairs = min(count // 2, most)
    return order(count, device, "metric", metric)[: 2 * pairs].reshape(pairs, 2)
