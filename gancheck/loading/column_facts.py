"""What one look at all rows of a table finds out about each column."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from gancheck.loading.number_facts import NumberFacts, look_at_numbers
from gancheck.loading.table import column_key

TEXT = (pl.String, pl.Categorical, pl.Enum)
LABELS = ("labels", "label", "class", "mode", "target", "y")  #: what columns of labels are called
NEARLY = 0.9  #: share of different words, or of dates, beyond which a column is one of keys or dates
DATE = (  #: 2020-01-31, 2020/1/31, 31.1.2020, 1/31/20, perhaps with a time
    r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ]\d{1,2}:\d{2}.*)?$"
)
WORDS = 100  #: categories that become columns; the rarest beyond are none of them


@dataclass(frozen=True)
class ColumnFacts:
    """One column: its type, and counts over all rows."""

    name: str
    dtype: pl.DataType
    rows: int
    missing: int  #: cells without a value
    distinct: int = 0  #: different values; 0 where they are not counted
    low: int | None = None  #: of whole numbers
    high: int | None = None
    rising: bool = False  #: whole numbers, each above the last
    fractions: bool = False  #: some value has a fraction
    negative: bool = False  #: some value is below 0
    dates: int = 0  #: words that are dates
    categories: tuple[str, ...] = ()  #: its commonest words, sorted; () where they are too many, or numbers

    @property
    def is_text(self) -> bool:
        """Whether its values are words."""
        return self.dtype in TEXT

    @property
    def is_words(self) -> bool:
        """Whether its values are words nearly all of which are different: names, notes, keys."""
        return self.is_text and self.distinct > max(1, NEARLY * (self.rows - self.missing))

    @property
    def is_dates(self) -> bool:
        """Whether its values are dates, perhaps written as words."""
        return self.dtype.is_temporal() or self.dates > NEARLY * (self.rows - self.missing)

    @property
    def nested(self) -> bool:
        """Whether a cell holds more than one plain value."""
        plain = (*TEXT, pl.Boolean, pl.Null)
        return not (self.dtype.is_numeric() or self.dtype.is_temporal() or self.dtype in plain)

    @property
    def all_different(self) -> bool:
        """Whether no value of a whole number or word comes twice."""
        return self.rows > 1 and self.distinct == self.rows

    @property
    def counts_rows(self) -> bool:
        """Whether the values are whole numbers, all different and without a gap."""
        if self.low is None or self.high is None:
            return False
        return self.all_different and self.high - self.low == self.rows - 1


def look_at_columns(frame: pl.LazyFrame) -> dict[str, ColumnFacts]:
    """Facts about every column: from one reading of all numbers, and one of what is to be counted."""
    schema = dict(frame.collect_schema())
    facts = {**look_at_others(frame, schema), **facts_of_numbers(frame, schema)}
    counted = {name for name, fact in facts.items() if may_repeat(fact)}
    distinct = pl.col(sorted(counted)).drop_nulls().n_unique()
    found = frame.select(distinct).collect(engine="streaming").row(0, named=True) if counted else {}
    facts = {name: replace(facts[name], distinct=found.get(name, 0)) for name in schema}
    return {
        name: replace(fact, categories=commonest_words(frame, pl.col(name).cast(pl.String)))
        if fact.is_text and not fact.is_words
        else fact
        for name, fact in facts.items()
    }


def facts_of_numbers(frame: pl.LazyFrame, schema: dict[str, pl.DataType]) -> dict[str, ColumnFacts]:
    """What the numbers of a table are."""
    names = [name for name, dtype in schema.items() if dtype.is_numeric()]
    seen = look_at_numbers(frame, names)
    return {name: fact_of_number(name, schema[name], seen, at) for at, name in enumerate(names)}


def fact_of_number(name: str, dtype: pl.DataType, seen: NumberFacts, at: int) -> ColumnFacts:
    """One column of them; only integers can count rows, or rise as ids do."""
    fractions, negative = bool(seen.fractions[at]), bool(seen.low[at] < 0)
    fact = ColumnFacts(name, dtype, seen.rows, int(seen.missing[at]), fractions=fractions, negative=negative)
    if not dtype.is_integer() or fact.missing == fact.rows:
        return fact
    return replace(fact, low=int(seen.low[at]), high=int(seen.high[at]), rising=bool(seen.rising[at]))


def look_at_others(frame: pl.LazyFrame, schema: dict[str, pl.DataType]) -> dict[str, ColumnFacts]:
    """Words, truths and whatever else is no number."""
    names = [name for name, dtype in schema.items() if not dtype.is_numeric()]
    if not names:
        return {}
    missing = (pl.col(name).null_count().alias(f"{k} missing") for k, name in enumerate(names))
    dates = (count_dates(name, schema[name]).alias(f"{k} dates") for k, name in enumerate(names))
    asked = frame.select(pl.len().alias("rows"), *missing, *dates).collect(engine="streaming")
    rows, *counts = asked.row(0)
    counted = zip(names, counts[: len(names)], counts[len(names) :], strict=True)
    return {name: ColumnFacts(name, schema[name], rows, gone, dates=found) for name, gone, found in counted}


def count_dates(name: str, dtype: pl.DataType) -> pl.Expr:
    """How many words of a column are dates."""
    return pl.col(name).cast(pl.String).str.contains(DATE).sum() if dtype in TEXT else pl.lit(0)


def may_repeat(fact: ColumnFacts) -> bool:
    """Whether it matters how many different values there are: in words, labels, and whole numbers that may be ids."""
    if fact.nested or fact.dtype.is_temporal() or fact.dtype == pl.Null:
        return False
    wide = fact.low is not None and fact.high is not None and fact.high - fact.low >= fact.rows - 1
    return not fact.dtype.is_numeric() or wide or column_key(fact.name) in LABELS


def no_value(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether a cell is missing."""
    column = pl.col(name)
    return column.is_null() | column.is_nan().fill_null(True) if dtype.is_float() else column.is_null()


def commonest_words(frame: pl.LazyFrame, words: pl.Expr) -> tuple[str, ...]:
    """The words of a column, sorted; the commonest where they are too many."""
    counts = count_words(frame, words)
    return tuple(sorted(sorted(counts, key=lambda word: (-counts[word], word))[:WORDS]))


def count_words(frame: pl.LazyFrame, words: pl.Expr) -> dict[str, int]:
    """How many rows hold each word."""
    counted = frame.select(words.alias("word")).drop_nulls().group_by("word").agg(pl.len().alias("rows"))
    return dict(counted.collect(engine="streaming").iter_rows())
