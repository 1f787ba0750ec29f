"""Columns of text: spaces go, cells that say that they are empty become so, and numbers written as text numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from gancheck.loading.column_facts import TEXT
from gancheck.loading.raw import join_names
from gancheck.loading.table import MISSING, Table
from gancheck.loading.written_numbers import as_plain, as_plain_commas, with_commas, with_points

Way = Callable[[pl.Expr], pl.Expr]  #: of writing numbers: words to numbers, null where they are none

MOSTLY = 0.9  #: share of numbers beyond which a column is one of numbers, and its words are missing cells


@dataclass(frozen=True)
class Spelling:
    """How many cells of a column of text are what."""

    decimal_comma: bool  #: numbers of the table have decimal commas
    words: int  #: with a value
    truths: int
    points: int  #: numbers with a decimal point
    commas: int  #: numbers with a decimal comma
    plain: int  #: of the former, without thousands marks or signs
    plain_commas: int  #: of the latter, likewise

    @property
    def way(self) -> Way:
        """The way that spells more cells; where both do, that of the rest of the table."""
        if self.points == self.commas:
            return with_commas if self.decimal_comma else with_points
        return with_points if self.points > self.commas else with_commas

    @property
    def numbers(self) -> int:
        """Cells that hold numbers."""
        return max(self.points, self.commas)

    @property
    def is_marked(self) -> bool:
        """Whether numbers have marks or signs that are worth a word."""
        if self.way is with_points:
            return self.plain < self.points
        return self.plain_commas < self.commas or not self.decimal_comma


def parse_words(table: Table) -> Table:
    """The table with every column of text that holds numbers, or true and false, as such."""
    names = [name for name, dtype in table.frame.collect_schema().items() if dtype in TEXT]
    if not names:
        return table
    texts = {name: strip_words(name) for name in names}
    found = count_spellings(table, texts)
    numbers = {name: spelling for name, spelling in found.items() if spelling.numbers > MOSTLY * spelling.words}
    truths = [name for name, spelling in found.items() if 0 < spelling.words == spelling.truths]
    parsed = {name: numbers[name].way(texts[name]) for name in numbers} | {n: as_truths(texts[n]) for n in truths}
    frame = table.frame.with_columns(expression.alias(name) for name, expression in (texts | parsed).items())
    return replace(table, frame=frame, notes=(*table.notes, *say_odd_words(numbers), *say_marks(numbers)))


def count_spellings(table: Table, texts: dict[str, pl.Expr]) -> dict[str, Spelling]:
    """What the cells of every column of text are, from one reading."""
    ways: tuple[Way, ...] = (lambda text: text, as_truths, with_points, with_commas, as_plain, as_plain_commas)
    asked = [way(text).count().alias(f"{name} {k}") for name, text in texts.items() for k, way in enumerate(ways)]
    row = table.frame.select(asked).collect(engine="streaming").row(0)
    cut = (row[at : at + len(ways)] for at in range(0, len(row), len(ways)))
    return {name: Spelling(table.decimal_comma, *counts) for name, counts in zip(texts, cut, strict=True)}


def say_odd_words(numbers: dict[str, Spelling]) -> tuple[str, ...]:
    """Which words among numbers are none."""
    odd = {f"'{name}'": spelling.words - spelling.numbers for name, spelling in numbers.items()}
    odd = {name: cells for name, cells in odd.items() if cells}
    said = f"words among numbers taken for missing cells: {sum(odd.values()):,} in {join_names(list(odd))}"
    return (said,) if odd else ()


def say_marks(numbers: dict[str, Spelling]) -> Iterator[str]:
    """Which columns were written for people, and what their marks were taken for."""
    for way, example in ((with_points, "1,234.5 is 1234.5, and 12.5% is 12.5"), (with_commas, "1.234,5 is 1234.5")):
        names = [f"'{name}'" for name, spelling in numbers.items() if spelling.is_marked and spelling.way is way]
        if names:
            yield f"thousands marks, decimal commas, % and currency signs of {join_names(names)} read: {example}"


def strip_words(name: str) -> pl.Expr:
    """The words of a column, null where they say that there is none."""
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text.is_in(MISSING)).then(None).otherwise(text)


def as_truths(text: pl.Expr) -> pl.Expr:
    """True and false, null for other words."""
    return text.str.to_lowercase().replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)


def as_words(name: str, dtype: pl.DataType) -> pl.Expr:
    """The values of any column as words; whole numbers without a point."""
    column = pl.col(name)
    return (column.cast(pl.Int64, strict=False) if dtype.is_float() else column).cast(pl.String)
