"""Samples, wherever they come from: a shape, a count, and batches that can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from gancheck.errors import BadData


@dataclass(frozen=True, eq=False)
class Samples:
    """What a loader gives. Points are (d,) as they came; images are (c, h, w) float32 in [-1, 1], c = 1 or 3.

    `stream()` starts again at the first sample each time and gives (b, *shape) float32 or float64 batches, finite.
    """

    name: str  #: as people know it: a file's name, or "array"
    shape: tuple[int, ...]  #: of one sample
    count: int | None  #: samples in all; None: as many as are asked for
    stream: Callable[[], Iterator[Tensor]]
    labels: Tensor | None = None  #: (count,) int64, where the source holds them
    classes: tuple[str, ...] = ()  #: names of labels 0, 1, ..., where they have any
    files: tuple[Path, ...] = ()  #: one a sample, for images from a folder
    notes: tuple[str, ...] = ()  #: what was assumed, such as how a value range was read

    @property
    def is_image(self) -> bool:
        """Whether a sample has channels, height and width."""
        return len(self.shape) == 3

    def take(self, most: int) -> Tensor:
        """(n, *shape) the first samples, at most so many, in one tensor and one copy."""
        if self.count is None or self.count > most:
            return gathered(self.stream(), most, self.name)
        return gathered(self.stream(), self.count, self.name)


def gathered(batches: Iterator[Tensor], count: int, name: str) -> Tensor:
    """The first `count` samples; BadData where the stream ends without any."""
    whole, filled = None, 0
    for batch in batches:
        if whole is None:
            whole = torch.empty(count, *batch.shape[1:], dtype=batch.dtype, device=batch.device)
        part = batch[: count - filled]
        whole[filled : filled + len(part)] = part
        filled += len(part)
        if filled == count:
            break
    if whole is None or filled == 0:
        raise BadData(f"{name} holds no samples")
    return whole[:filled]
