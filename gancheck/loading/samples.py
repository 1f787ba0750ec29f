"""Samples, wherever they come from: a shape, a count, and batches that can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.options import Kind
from gancheck.loading.schema import Schema
from gancheck.loading.value_range import Range
from gancheck.system.counts import say_count


@dataclass(frozen=True, eq=False)
class Samples:
    """What a loader gives. Points are (d,) as they came; images are (c, h, w) float32 in [-1, 1], c = 1 or 3.

    Time series are (t, c) and point clouds (p, 3), as they came; videos are (f, c, h, w), as images are.
    `stream()` starts again at the first sample each time and gives (b, *shape) float32 or float64 batches, finite.
    """

    name: str  #: as people know it: a file's name, or "array"
    shape: tuple[int, ...]  #: of one sample
    count: int | None  #: samples in all; None: as many as are asked for
    stream: Callable[[], Iterator[Tensor]]
    labels: Tensor | None = None  #: (count,) int64, where the source holds them
    classes: tuple[str, ...] = ()  #: names of labels 0, 1, ..., where they have any
    files: tuple[Path, ...] = ()  #: one a sample, for images from a folder
    columns: tuple[str, ...] = ()  #: names of the d coordinates of points, as `height` or `colour=red`; () without
    schema: Schema | None = None  #: of the table that they come from
    missing: Tensor | None = None  #: (rows of the source,) bool, rows left out for a missing cell; None: none was
    kind: Kind = "points"
    span: Range | None = None  #: of the numbers that images and videos were saved in
    notes: tuple[str, ...] = ()  #: what was assumed, such as how a value range was read

    @property
    def is_image(self) -> bool:
        """Whether a sample has channels, height and width, and nothing else."""
        return self.kind == "images"

    @property
    def has_pixels(self) -> bool:
        """Whether the numbers are pixels in [-1, 1]."""
        return self.kind in ("images", "video")

    @property
    def form(self) -> str:
        """What one sample is, in words."""
        return describe_form(self.kind, self.shape)

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


def describe_form(kind: Kind, shape: tuple[int, ...]) -> str:
    """What samples of a kind and shape are, for people."""
    size = " x ".join(map(str, shape[-3:]))
    words: dict[Kind, str] = {
        "points": f"points in {say_count(shape[-1], 'dimension')}",
        "images": f"images of {size}",
        "series": f"series of {say_count(shape[0], 'step')} in {say_count(shape[-1], 'channel')}",
        "cloud": f"clouds of {say_count(shape[0], 'point')} in {say_count(shape[-1], 'dimension')}",
        "video": f"videos of {say_count(shape[0], 'frame')} of {size}",
    }
    return words[kind]


def shape_advice(samples: Samples, like: Samples) -> str:
    """What to do where samples have another shape than those they are compared with."""
    if samples.is_image and like.is_image and samples.shape[0] == like.shape[0]:
        return "bring both to one size with --resize SIDE (resize= in Python)"
    if samples.is_image and like.is_image and samples.shape[1:] == like.shape[1:]:
        return "bring both to grey, or both to colour"
    return "bring both to one shape"


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
