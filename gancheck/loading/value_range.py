"""What black and white are, in the numbers that people save."""

from __future__ import annotations

from dataclasses import dataclass

ROUNDING = 1e-5  #: how far float arithmetic may lead out of a range
BEYOND = 0.05  #: of a range's width: how far resizing, or a generator without tanh, may lead out of it
FILLED = 0.5  #: of a range's width, which values spread over that are taken to be on it all the same


@dataclass(frozen=True)
class Range:
    """What black and white are."""

    low: float
    high: float
    words: str

    def holds(self, low: float, high: float) -> bool:
        """Whether values from `low` to `high` lie in it, up to rounding."""
        return low >= self.low - ROUNDING and high <= self.high + ROUNDING

    def nearly_holds(self, low: float, high: float) -> bool:
        """Whether values from `low` to `high` are spread over it and lie slightly beyond it at most."""
        width = self.high - self.low
        reach = BEYOND * width
        return low >= self.low - reach and high <= self.high + reach and high - low >= FILLED * width

    def agrees(self, other: Range) -> bool:
        """Whether black and white are the same numbers in both."""
        return (self.low, self.high) == (other.low, other.high)


BYTES = Range(0, 255, "integers 0..255")
DEEP = Range(0, 65535, "16-bit integers 0..65535")
UNIT = Range(0, 1, "floats in [0, 1]")
SIGNED = Range(-1, 1, "floats in [-1, 1]")
WHOLE = Range(0, 255, "whole floats 0..255")
KNOWN = "known are integers 0..255 or 0..65535, floats in [0, 1], floats in [-1, 1] and whole floats 0..255"
