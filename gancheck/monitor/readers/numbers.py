"""Numbers as logs have them."""

from __future__ import annotations

LARGEST = 2.0**53  #: count of steps; beyond it numbers are not exact


def number_of(value: object) -> float | None:
    """A number, or one of the words for what is none (NaN, inf, Infinity); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def count_of(value: object) -> int | None:
    """A count of steps; None for what is no whole number."""
    number = number_of(value)
    return int(number) if number is not None and abs(number) <= LARGEST and number == int(number) else None
