"""Columns of text: spaces go, cells that say that they are empty become so, and numbers written as text numbers."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from gancheck.loading.column_facts import TEXT
from gancheck.loading.raw import join_names
from gancheck.loading.table import MISSING, Table, decimal_point

MOSTLY = 0.9  #: share of numbers beyond which a column is one of numbers, and its words are missing cells


def parse_words(table: Table) -> Table:
    """The table with every column of text that holds numbers, or true and false, as such."""
    names = [name for name, dtype in table.frame.collect_schema().items() if dtype in TEXT]
    if not names:
        return table
    texts = {name: stripped(name) for name in names}
    counts = table.frame.select(
        *(text.count().alias(f"{name} words") for name, text in texts.items()),
        *(as_numbers(text, table).count().alias(f"{name} numbers") for name, text in texts.items()),
        *(as_truths(text).count().alias(f"{name} truths") for name, text in texts.items()),
    )
    found = counts.collect(engine="streaming").row(0, named=True)
    numbers = [name for name in names if found[f"{name} numbers"] > MOSTLY * found[f"{name} words"]]
    truths = [name for name in names if 0 < found[f"{name} words"] == found[f"{name} truths"]]
    parsed = {name: as_numbers(texts[name], table) for name in numbers} | {n: as_truths(texts[n]) for n in truths}
    odd = [f"'{name}'" for name in numbers if found[f"{name} numbers"] < found[f"{name} words"]]
    cells = sum(found[f"{name} words"] - found[f"{name} numbers"] for name in numbers)
    notes = (f"words among numbers taken for missing cells: {cells:,} in {join_names(odd)}",) if odd else ()
    frame = table.frame.with_columns(expression.alias(name) for name, expression in (texts | parsed).items())
    return replace(table, frame=frame, notes=(*table.notes, *notes))


def stripped(name: str) -> pl.Expr:
    """The words of a column, null where they say that there is none."""
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text.is_in(MISSING)).then(None).otherwise(text)


def as_numbers(text: pl.Expr, table: Table) -> pl.Expr:
    """The numbers that words spell, null for other words."""
    plain = text.str.replace(",", decimal_point(","), literal=True) if table.decimal_comma else text
    return plain.cast(pl.Float64, strict=False)


def as_truths(text: pl.Expr) -> pl.Expr:
    """True and false, null for other words."""
    return text.str.to_lowercase().replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)


def as_words(name: str, dtype: pl.DataType) -> pl.Expr:
    """The values of any column as words; whole numbers without a point."""
    column = pl.col(name)
    return (column.cast(pl.Int64, strict=False) if dtype.is_float() else column).cast(pl.String)
