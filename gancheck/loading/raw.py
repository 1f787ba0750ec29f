"""Samples as they came, before anybody has said what their numbers mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from gancheck.loading.layout import Layout
from gancheck.loading.schema import Schema
from gancheck.loading.value_range import Range

BATCH_BYTES = 4 * 2**20

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Raw:
    """What the readers give: batches that can be read again, (b, *shape), of any dtype."""

    name: str
    shape: tuple[int, ...]  #: of one sample
    read: Callable[[], Iterator[Array]]
    endless: bool = False  #: gives as many as are asked for
    labels: Tensor | None = None  #: (n,) int64
    classes: tuple[str, ...] = ()  #: names of labels 0, 1, ..., where they have any
    files: tuple[Path, ...] = ()
    layout: Layout | None = None  #: which axis is the channels, where that is known
    span: Range | None = None  #: what black and white are, where that is known
    schema: Schema | None = None  #: of a table
    missing: Tensor | None = None  #: (n,) bool, rows of a table in which a cell is missing; None: none has one
    notes: tuple[str, ...] = ()


def join_names(names: Sequence[str], most: int = 6) -> str:
    """`a, b, c ... (12 in all)`."""
    return ", ".join(names[:most]) + (f" ... ({len(names)} in all)" if len(names) > most else "")


def slices(count: int, row_bytes: int) -> Iterator[slice]:
    """Row ranges of about 4 MiB."""
    step = max(1, BATCH_BYTES // max(1, row_bytes))
    return (slice(start, min(start + step, count)) for start in range(0, count, step))


class Replay:
    """An endless source that gives the same batches at every reading: what was drawn is kept."""

    def __init__(self, source: Iterator[Array]) -> None:
        self.source, self.kept = source, list[Array]()

    def __call__(self) -> Iterator[Array]:
        """From the first batch again."""
        at = 0
        while True:
            if at == len(self.kept):
                self.kept.append(next(self.source))
            yield self.kept[at]
            at += 1
