"""Pairs of the samples of a batch, and of what they were made from."""

from __future__ import annotations

from torch import Tensor


def pair_differences(rows: Tensor) -> Tensor:
    """(n // 2, ...) absolute differences between the first and the second half of n rows."""
    half = len(rows) // 2
    return (rows[:half] - rows[half : 2 * half]).abs()
