"""Where tuning may look for a parameter of a strategy: `search={"gamma": Log(0.1, 1_000.0)}` in its decorator.

What stands there is no part of a run's id: a wider range trains nothing again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from gancheck.errors import BadParameter

DIGITS = 3  #: of numbers that are tried, so that a recipe's name can be read


class Space(Protocol):
    """The values of one parameter."""

    def contains(self, value: Any) -> bool:
        """Whether a value is one of them."""

    def levels(self, count: int) -> list[Any]:
        """About so many of them, evenly spread, the first and the last included."""

    def nearest(self, value: Any) -> Any:
        """The value that is tried in its place: numbers have three digits."""


@dataclass(frozen=True)
class Linear:
    """A number, all parts of the range alike."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise BadParameter(
                f"search space from {self.low} to {self.high}: needs two finite numbers, the lower first"
            )

    def contains(self, value: Any) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high

    def levels(self, count: int) -> list[Any]:
        steps = max(1, count - 1)
        return [self.nearest(self.low + (self.high - self.low) * i / steps) for i in range(steps + 1)]

    def nearest(self, value: Any) -> Any:
        return min(max(round_digits(value), self.low), self.high)

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Log(Linear):
    """A number above 0, all orders of magnitude alike."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low <= 0:
            raise BadParameter(f"search space from {self.low}: orders of magnitude begin above 0")

    def levels(self, count: int) -> list[Any]:
        steps = max(1, count - 1)
        return [self.nearest(self.low * (self.high / self.low) ** (i / steps)) for i in range(steps + 1)]

    def __str__(self) -> str:
        return f"{super().__str__()} (log)"


@dataclass(frozen=True, init=False)
class Choice:
    """One of some values: whole numbers, shares near 1, names."""

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        if len(set(values)) < 2 or len(set(values)) < len(values):
            raise BadParameter(f"search space of {values}: needs at least two values, each once")
        object.__setattr__(self, "values", values)

    def contains(self, value: Any) -> bool:
        return value in self.values

    def levels(self, count: int) -> list[Any]:
        return list(self.values)

    def nearest(self, value: Any) -> Any:
        return value

    def __str__(self) -> str:
        return " | ".join(map(str, self.values))


def round_digits(value: float) -> float:
    """A number with three digits."""
    return float(f"{value:.{DIGITS}g}")


def refuse_unknown_fields(search: Iterable[str], fields: Iterable[str]) -> None:
    """BadParameter for a space of something that is no parameter."""
    known = list(fields)
    for name in search:
        if name not in known:
            raise BadParameter(f"search names '{name}', which is no parameter; it has {', '.join(known) or 'none'}")
