"""Rows with missing cells are left out, counted, and said; of a table with too many of them, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.raw import Array, Raw

MOST = 0.5  #: share of rows with missing cells beyond which a table is refused


def drop_incomplete(raw: Raw) -> Raw:
    """The rows of a table in which no cell that is compared is missing; BadData where most have one."""
    if raw.missing is None:
        return raw
    lost, rows = int(raw.missing.sum()), len(raw.missing)
    if lost > MOST * rows:
        raise BadData(
            f"{raw.name}: {lost:,} of {rows:,} rows have missing cells; fill them, or drop the columns with most"
        )
    kept = ~raw.missing
    labels = None if raw.labels is None else raw.labels[kept]
    notes = (*raw.notes, f"{lost:,} of {rows:,} rows left out: cells are missing")
    return replace(raw, read=partial(read_kept, raw, kept), labels=labels, notes=notes)


def read_kept(raw: Raw, kept: Tensor) -> Iterator[Array]:
    """The batches without the rows that are not kept."""
    start = 0
    for batch in raw.read():
        good = kept[start : start + len(batch)]
        start += len(batch)
        if bool(good.any()):
            yield batch[good.numpy()]
