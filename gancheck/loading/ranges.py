"""What the numbers of a picture mean: which of the known value ranges holds all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.raw import Array

DIM = 64  #: largest value of whole numbers, not saved as bytes, below which they are hardly on a scale of 0..255
ROUNDING = 1e-5  #: how far float arithmetic may lead out of [0, 1] or [-1, 1]
KNOWN = "known are integers 0..255 or 0..65535, floats in [0, 1], floats in [-1, 1] and whole floats 0..255"


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

    def refuse_broken(self, name: str) -> None:
        """BadData where a value is not finite."""
        if self.broken:
            raise BadData(
                f"{name}: {self.broken:,} of {self.count:,} samples have NaN, infinite or missing values; "
                "drop them or find out why the generator makes them"
            )


@dataclass(frozen=True)
class Range:
    """What black and white are."""

    low: float
    high: float
    words: str

    def holds(self, survey: Survey) -> bool:
        """Whether all values lie in it, up to rounding."""
        return survey.low >= self.low - ROUNDING and survey.high <= self.high + ROUNDING


BYTES = Range(0, 255, "integers 0..255")
DEEP = Range(0, 65535, "16-bit integers 0..65535")
UNIT = Range(0, 1, "floats in [0, 1]")
SIGNED = Range(-1, 1, "floats in [-1, 1]")
WHOLE = Range(0, 255, "whole floats 0..255")


def decide_range(survey: Survey, name: str) -> Range:
    """The range of all values; BadData where none of the known fits."""
    for known in candidates(survey):
        if known.holds(survey):
            refuse_dim(known, survey, name)
            return known
    raise BadData(f"{name}: pixel values run from {survey.low:.6g} to {survey.high:.6g}; {KNOWN}: bring them to one")


def refuse_dim(known: Range, survey: Survey, name: str) -> None:
    """BadData for whole numbers that stay far below 255 and are no bytes: a scale of their own, as 0..16."""
    if known in (WHOLE, BYTES) and survey.dtype not in (np.uint8, np.uint16) and 1 < survey.high < DIM:
        raise BadData(
            f"{name}: pixel values are whole numbers up to {survey.high:.6g}, too dark for 0..255; divide by their "
            "largest possible value, or save them as uint8 if they are that dark"
        )


def candidates(survey: Survey) -> Iterable[Range]:
    """The ranges that values of this kind may have, the narrowest first."""
    if survey.dtype is None or survey.dtype.kind == "f":
        return (UNIT, SIGNED, WHOLE) if survey.whole else (UNIT, SIGNED)
    if survey.high == 1:
        return ()  # integers 0 and 1 may be black and white, or two nearly black levels
    return (BYTES, DEEP) if survey.dtype == np.uint16 else (BYTES,)
