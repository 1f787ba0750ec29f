"""Columns of numbers, looked at together, batch by batch: thousands of them cost one reading of the table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from gancheck.errors import BadData
from gancheck.loading.raw import Array

CELLS = 2**22  #: of a batch
MOST_ROWS = 65_536


class NumberFacts:
    """What all rows say of k columns; each array is (k,)."""

    def __init__(self, columns: int) -> None:
        self.rows = 0
        self.missing = np.zeros(columns, dtype=np.int64)  #: cells without a value
        self.fractions = np.zeros(columns, dtype=bool)  #: some value has a fraction
        self.rising = np.ones(columns, dtype=bool)  #: each value is above the last
        self.low, self.high = np.full(columns, np.inf), np.full(columns, -np.inf)
        self.last = np.full((1, columns), -np.inf)

    def add(self, x: Array) -> None:
        """Look at more rows, (b, k) float64, NaN where a cell is missing."""
        self.rows += len(x)
        self.missing += np.isnan(x).sum(0)
        held = np.where(np.isfinite(x), x, 0)
        self.fractions |= (held != np.rint(held)).any(0)
        self.rising &= (x > np.concatenate([self.last, x[:-1]])).all(0)
        self.low, self.high = np.fmin(self.low, np.fmin.reduce(x)), np.fmax(self.high, np.fmax.reduce(x))
        self.last = x[-1:]


def look_at_numbers(frame: pl.LazyFrame, columns: list[str]) -> NumberFacts:
    """Facts about columns of numbers."""
    facts = NumberFacts(len(columns))
    numbers = frame.select(pl.col(columns).cast(pl.Float64).fill_null(float("nan")))
    for batch in batches_of(numbers, len(columns)) if columns else ():
        facts.add(batch)
    return facts


def batches_of(frame: pl.LazyFrame, columns: int) -> Iterator[Array]:
    """(b, k) batches of a table of numbers, smaller where it is wide. BadData where rows are lost: a decoder that fails
    on the way ends the batches without a word."""
    rows, read = max(1, min(MOST_ROWS, CELLS // max(1, columns))), 0
    for batch in frame.collect_batches(chunk_size=rows, maintain_order=True):
        if len(batch):
            read += len(batch)
            yield batch.to_numpy()
    promised = frame.select(pl.len()).collect().item()
    if read != promised:
        raise BadData(f"of {promised:,} rows {read:,} can be read: the file is damaged; save it again")
