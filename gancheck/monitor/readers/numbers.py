"""Numbers as logs have them."""

from __future__ import annotations

import re

#: `12,345`, `1,234.56`; no `0,532`, which is a decimal comma.
GROUPED = re.compile(r"\s*[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?\s*")
#: `12.345`, where commas are decimal.
POINT_GROUPED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.]|,\d)")
COMMAS = re.compile(r"[-+]?[\d.]*,[\d.,]*(?:e[-+]?\d+)?", re.IGNORECASE)  #: a number with commas, whatever they mean
LARGEST = 2.0**53  #: count of steps; beyond it numbers are not exact


def number_of(value: object) -> float | None:
    """A number, its thousands grouped by commas or not, or one of the words for what is none (NaN, inf, Infinity); None
    for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value.replace(",", "") if isinstance(value, str) and GROUPED.fullmatch(value) else value)
    except (ValueError, OverflowError):
        return None


def plain_number_of(value: object) -> float | None:
    """The same where no comma may stand in a number."""
    return None if isinstance(value, str) and "," in value else number_of(value)


def decimal_comma_number_of(value: object) -> float | None:
    """The same where a comma may be the decimal one."""
    return number_of(value.replace(",", ".") if isinstance(value, str) else value)


def number_beside_decimal_commas_of(value: object) -> float | None:
    """A number of a column of counts, where other numbers have decimal commas: `1.500` and `1,500` are 1500."""
    whole = without_points(value) if isinstance(value, str) else value
    number = number_of(whole)
    return decimal_comma_number_of(whole) if number is None else number


def without_points(text: str) -> str:
    """A text whose points group no thousands any more."""
    return POINT_GROUPED.sub(lambda found: found[0].replace(".", ""), text)


def count_of(value: object) -> int | None:
    """A count of steps; None for what is no whole number."""
    number = number_of(value)
    return int(number) if number is not None and abs(number) <= LARGEST and number == int(number) else None
