"""Columns of text: spaces go, cells that say that they are empty become so, and numbers written as text numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from gancheck.loading.column_facts import TEXT
from gancheck.loading.raw import join_names
from gancheck.loading.table import MISSING, Table
from gancheck.loading.written_numbers import as_plain, with_commas, with_points

Way = Callable[[pl.Expr], pl.Expr]  #: of writing numbers: words to numbers, null where they are none

MOSTLY = 0.9  #: share of numbers beyond which a column is one of numbers, and its words are missing cells


def parse_words(table: Table) -> Table:
    """The table with every column of text that holds numbers, or true and false, as such."""
    names = [name for name, dtype in table.frame.collect_schema().items() if dtype in TEXT]
    if not names:
        return table
    texts = {name: stripped(name) for name in names}
    counts = table.frame.select(
        *(text.count().alias(f"{name} words") for name, text in texts.items()),
        *(with_points(text).count().alias(f"{name} points") for name, text in texts.items()),
        *(with_commas(text).count().alias(f"{name} commas") for name, text in texts.items()),
        *(as_plain(text).count().alias(f"{name} plain") for name, text in texts.items()),
        *(as_truths(text).count().alias(f"{name} truths") for name, text in texts.items()),
    )
    found = counts.collect(engine="streaming").row(0, named=True)
    ways = {name: way_of_writing(found[f"{name} points"], found[f"{name} commas"], table) for name in names}
    held = {name: max(found[f"{name} points"], found[f"{name} commas"]) for name in names}
    numbers = [name for name in names if held[name] > MOSTLY * found[f"{name} words"]]
    truths = [name for name in names if 0 < found[f"{name} words"] == found[f"{name} truths"]]
    parsed = {name: ways[name](texts[name]) for name in numbers} | {n: as_truths(texts[n]) for n in truths}
    odd = [f"'{name}'" for name in numbers if held[name] < found[f"{name} words"]]
    cells = sum(found[f"{name} words"] - held[name] for name in numbers)
    said = (f"words among numbers taken for missing cells: {cells:,} in {join_names(odd)}",) if odd else ()
    written = [name for name in numbers if found[f"{name} plain"] < held[name]]
    notes = (*said, *say_written(written, ways, table))
    frame = table.frame.with_columns(expression.alias(name) for name, expression in (texts | parsed).items())
    return replace(table, frame=frame, notes=(*table.notes, *notes))


def stripped(name: str) -> pl.Expr:
    """The words of a column, null where they say that there is none."""
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text.is_in(MISSING)).then(None).otherwise(text)


def way_of_writing(points: int, commas: int, table: Table) -> Way:
    """The way that spells more cells; where both do, that of the rest of the table."""
    if points == commas:
        return with_commas if table.decimal_comma else with_points
    return with_points if points > commas else with_commas


def say_written(names: list[str], ways: dict[str, Way], table: Table) -> tuple[str, ...]:
    """Which columns were written for people, and what their signs were taken for."""
    points = [f"'{name}'" for name in names if ways[name] is with_points]
    commas = [f"'{name}'" for name in names if ways[name] is with_commas and not table.decimal_comma]
    read = "read as plain numbers; 1,234.5 is 1234.5, and 12.5% is 12.5"
    german = "read as plain numbers; 1.234,5 is 1234.5, and 12,5% is 12.5"
    return (
        *((f"thousands marks, % and currency signs of {join_names(points)} {read}",) if points else ()),
        *((f"decimal commas, points between thousands and signs of {join_names(commas)} {german}",) if commas else ()),
    )


def as_truths(text: pl.Expr) -> pl.Expr:
    """True and false, null for other words."""
    return text.str.to_lowercase().replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)


def as_words(name: str, dtype: pl.DataType) -> pl.Expr:
    """The values of any column as words; whole numbers without a point."""
    column = pl.col(name)
    return (column.cast(pl.Int64, strict=False) if dtype.is_float() else column).cast(pl.String)
