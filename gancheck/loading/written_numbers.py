"""Numbers written for people: thousands marks, decimal commas, per cent and currency signs."""

from __future__ import annotations

import re

import polars as pl

SIGNS = "$€£¥"
BEFORE = rf"^([+-]?)[{SIGNS}]\s*"
AFTER = rf"\s*[%{SIGNS}]$"
POINT = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"  #: 1,234.56
COMMA = r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$"  #: 1.234,56
SURE_POINT = re.compile(r"^[+-]?[1-9]\d{0,2}((,\d{3})+\.\d*|(,\d{3}){2,})$")  #: thousands marks, whatever else there is


def as_plain(text: pl.Expr) -> pl.Expr:
    """The numbers that words spell as programs write them, null for other words."""
    return text.cast(pl.Float64, strict=False)


def as_plain_commas(text: pl.Expr) -> pl.Expr:
    """The same, with a comma for the decimal point."""
    bare = pl.when(text.str.contains(".", literal=True)).then(None).otherwise(text)
    return as_plain(bare.str.replace(",", ".", literal=True))


def with_points(text: pl.Expr) -> pl.Expr:
    """The numbers that words spell, commas between thousands: 1,234.56, 12.3% (which is 12.3), $40."""
    bare = without_signs(text)
    return as_plain(pl.when(bare.str.contains(POINT)).then(bare.str.replace_all(",", "", literal=True)).otherwise(bare))


def with_commas(text: pl.Expr) -> pl.Expr:
    """The numbers that words spell, a comma before the decimals and points between thousands: 1.234,56, 12,3%."""
    bare = without_signs(text)
    whole = bare.str.replace_all(".", "", literal=True)
    return as_plain_commas(pl.when(bare.str.contains(COMMA)).then(whole).otherwise(bare))


def without_signs(text: pl.Expr) -> pl.Expr:
    """Words without a currency sign at either end, or a per cent sign behind."""
    return text.str.replace(BEFORE, "${1}").str.replace(AFTER, "")


def is_written_number(cell: str) -> bool:
    """Whether a cell holds a number that is written for people."""
    bare = re.sub(AFTER, "", re.sub(BEFORE, r"\1", cell))
    plain = re.fullmatch(r"[+-]?\d+([.,]\d+)?", bare)
    return bool(bare != cell and plain) or bool(re.match(POINT, bare) or re.match(COMMA, bare))
