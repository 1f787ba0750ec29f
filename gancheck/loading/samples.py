"""Samples, wherever they come from: a shape, a count, and batches that can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
            return gather(self.stream(), most, self.name)
        return gather(self.stream(), self.count, self.name)

    def pick(self, rows: Tensor) -> Tensor:
        """(len(rows), *shape) the samples at these places, in this order; the source is read once, batch by batch."""
        places, back = rows.sort()
        found = torch.cat(list(select_rows(self.stream(), places)))
        return torch.empty_like(found).index_copy_(0, back, found)

    def some(self, count: int, generator: torch.Generator) -> Samples:
        """So many of a source of fixed size, drawn without replacement; all of them where it has no more."""
        if self.count is None or count >= self.count:
            return self
        rows = torch.randperm(self.count, generator=generator)[:count].sort().values
        labels = self.labels[rows] if self.labels is not None else None
        files = tuple(self.files[row] for row in rows.tolist()) if self.files else ()
        return replace(self, count=count, stream=lambda: select_rows(self.stream(), rows), labels=labels, files=files)


def select_rows(batches: Iterator[Tensor], rows: Tensor) -> Iterator[Tensor]:
    """The rows of a stream at these places, ascending."""
    start = 0
    for batch in batches:
        if len(rows) == 0 or start > int(rows[-1]):
            break
        inside = rows[(rows >= start) & (rows < start + len(batch))] - start
        start += len(batch)
        if len(inside):
            yield batch[inside]


def gather(batches: Iterator[Tensor], count: int, name: str) -> Tensor:
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
