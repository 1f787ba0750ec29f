"""A look at every number of a source, before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.raw import Array, Raw
from gancheck.system.counts import say_count

LOOKED_AT = 2_000  #: samples of an endless source that are looked at


@dataclass
class Survey:
    """What a look at all values found."""

    count: int = 0  #: rows
    broken: int = 0  #: rows with NaN or infinite values
    low: float = float("inf")
    high: float = float("-inf")
    whole: bool = True  #: every value is a whole number
    dtype: np.dtype[np.generic] | None = None  #: holds every batch's

    def add(self, batch: Array) -> None:
        """Look at one more batch, (b, ...)."""
        self.count += len(batch)
        self.dtype = batch.dtype if self.dtype is None else np.promote_types(self.dtype, batch.dtype)
        finite = np.isfinite(batch) if batch.dtype.kind == "f" else np.True_
        if not finite.all():
            self.broken += int((~finite.reshape(len(batch), -1).all(1)).sum())
            batch = batch[finite]
        if batch.size:
            self.low, self.high = min(self.low, float(batch.min())), max(self.high, float(batch.max()))
            self.whole = self.whole and (batch.dtype.kind in "iu" or bool((batch == np.rint(batch)).all()))

    @property
    def is_float(self) -> bool:
        """Whether the numbers were saved as floats."""
        return self.dtype is None or self.dtype.kind == "f"

    def refuse_broken(self, name: str) -> None:
        """BadData where a value is not finite."""
        if self.broken:
            broken = f"{self.broken:,} of {say_count(self.count, 'sample')}"
            raise BadData(
                f"{name}: {broken} have NaN, infinite or missing values; "
                "drop them or find out why the generator makes them"
            )


def survey_values(raw: Raw, part: Callable[[Array], Array]) -> Survey:
    """A look at a part of every batch, or of the first few of an endless source."""
    survey = Survey()
    for batch in check_batches(raw):
        survey.add(part(batch))
        if raw.endless and survey.count >= LOOKED_AT:
            break
    return survey


def check_batches(raw: Raw) -> Iterator[Array]:
    """The batches, each of plain numbers and of one shape."""
    for batch in raw.read():
        refuse_type(batch.dtype, raw.name)
        if batch.shape[1:] != raw.shape:
            raise BadData(f"{raw.name}: some samples have shape {raw.shape}, others {batch.shape[1:]}; give one shape")
        with np.errstate(over="ignore"):  # infinite values are refused by their number
            narrow = batch.astype(np.float64) if batch.dtype.itemsize > 8 else batch
        yield narrow.astype(np.float32) if narrow.dtype.kind == "b" else narrow  # true and false are 1 and 0


def refuse_type(dtype: np.dtype[np.generic], name: str) -> None:
    """BadData for anything but integers, floats, true and false."""
    if dtype.kind not in "fiub":
        kinds = {"c": "complex numbers", "U": "text", "S": "text", "O": "Python objects"}
        found = kinds.get(dtype.kind, f"values of type {dtype}")
        raise BadData(f"{name} holds {found}; save plain numbers (float32, float64 or uint8)")
