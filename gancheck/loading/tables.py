"""Tables of points: columns of numbers and categories become coordinates, a column of labels labels."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
import torch
from torch import Tensor

from gancheck.loading.class_numbers import number_classes
from gancheck.loading.column_facts import WORDS, count_words, look_at_columns, no_value
from gancheck.loading.columns import Choice, Facts, choose_columns
from gancheck.loading.failures import one_line_errors
from gancheck.loading.frames import parquet_table
from gancheck.loading.matching import match_columns
from gancheck.loading.number_facts import batches_of
from gancheck.loading.options import NO_OPTIONS, ReadOptions
from gancheck.loading.raw import Array, Raw, join_names
from gancheck.loading.samples import Samples
from gancheck.loading.schema import Column
from gancheck.loading.table import PLAIN, Table
from gancheck.loading.text_table import csv_table
from gancheck.loading.words import as_words, parse_words
from gancheck.system.counts import choose_verb, say_count
from gancheck.system.held_stderr import stderr_held_back

Labels = tuple[Tensor | None, tuple[str, ...]]


def csv(path: Path, options: ReadOptions, like: Samples | None) -> Raw:
    """Points of a text table."""
    names = like.schema.every if like and like.schema and like.schema.named else ()
    return raw_table(csv_table(path, names), options, like)


def parquet(path: Path, options: ReadOptions, like: Samples | None) -> Raw:
    """Points of a parquet file."""
    with stderr_held_back():
        return raw_table(parquet_table(path), options, like)


def raw_table(table: Table, options: ReadOptions = NO_OPTIONS, like: Samples | None = None) -> Raw:
    """The columns of the reference where there is one; else those that are features."""
    with one_line_errors(table.name, PLAIN):
        table = parse_words(table)
        facts = look_at_columns(table.frame)
        known = like.schema if like else None
        choice = match_columns(table, facts, known) if known else choose_columns(table, facts, options.modes)
        types = {name: fact.dtype for name, fact in facts.items()}
        labels, classes = read_labels(table, choice)
        batches = Batches(table, choice, types)
        return Raw(
            table.name,
            (len(choice.schema.coordinates),),
            batches.read,
            labels=labels,
            classes=classes,
            schema=choice.schema,
            missing=rows_with_missing_cells(table, choice, facts),
            notes=(*table.notes, *choice.notes, *say_classes(choice, classes), *say_unknown(table, choice, types)),
        )


class Batches:
    """The coordinates of a table, batch by batch; missing cells are NaN."""

    def __init__(self, table: Table, choice: Choice, types: dict[str, pl.DataType]) -> None:
        numbers = [types[n] for n, c in zip(choice.own, choice.schema.used, strict=True) if not c.categories]
        single = bool(numbers) and all(dtype == pl.Float32 for dtype in numbers)
        kind = pl.Float32() if single else pl.Float64()
        pairs = zip(choice.schema.used, choice.own, strict=True)
        parts = chain.from_iterable(coordinates(column, own, types[own]) for column, own in pairs)
        named = (part.cast(kind).fill_null(float("nan")).alias(str(at)) for at, part in enumerate(parts))
        self.name, self.points, self.columns = table.name, table.frame.select(*named), len(choice.schema.coordinates)

    def read(self) -> Iterator[Array]:
        """(b, d) batches of float32 or float64."""
        with one_line_errors(self.name, PLAIN):
            yield from batches_of(self.points, self.columns)


def coordinates(column: Column, own: str, dtype: pl.DataType) -> Iterator[pl.Expr]:
    """The number of a column; or 0 and 1 for each of its categories."""
    if column.categories:
        yield from (as_words(own, dtype) == word for word in column.categories)
    else:
        yield pl.col(own)


def rows_with_missing_cells(table: Table, choice: Choice, facts: Facts) -> Tensor | None:
    """(n,) bool: a compared cell, or the label, is missing; None where no row is so."""
    asked = [facts[name] for name in (*choice.own, *([choice.label] if choice.label else [])) if facts[name].missing]
    if not asked:
        return None
    missing = pl.any_horizontal(*(no_value(fact.name, fact.dtype) for fact in asked)).alias("missing")
    found = table.frame.select(missing).collect(engine="streaming").to_series().to_numpy()
    return torch.from_numpy(np.array(found, dtype=bool))


def read_labels(table: Table, choice: Choice) -> Labels:
    """Labels and the names of classes; 0 where a cell is missing, which is a row that is left out."""
    if choice.label is None:
        return None, ()
    column = table.frame.select(choice.label).collect().to_series()
    held = column.drop_nulls()
    if not len(held):
        return None, ()
    labels, classes = number_classes(held.to_numpy(), f"{table.name}: column '{choice.label}'")
    whole = torch.zeros(len(column), dtype=torch.int64)
    whole[torch.from_numpy(column.is_not_null().to_numpy())] = labels
    return whole, classes


def say_classes(choice: Choice, classes: tuple[str, ...]) -> tuple[str, ...]:
    """Where labels come from."""
    if choice.label is None:
        return ()
    return (f"labels from column '{choice.label}'" + (f": {join_names(classes)}" if classes else ""),)


def say_unknown(table: Table, choice: Choice, types: dict[str, pl.DataType]) -> Iterator[str]:
    """Words that are none of a column's categories: the rarest of too many, or words that the reference never has."""
    for column, own in zip(choice.schema.used, choice.own, strict=True):
        if not column.categories:
            continue
        counts = count_words(table.frame, as_words(own, types[own]))
        odd = {word: rows for word, rows in counts.items() if word not in column.categories}
        if odd:
            why = "its rarest" if len(column.categories) == WORDS else "none of the reference's"
            words, rows = join_names(sorted(odd), 3), sum(odd.values())
            hold = f"{say_count(rows, 'row')} {choose_verb(rows, 'holds', 'hold')}"
            yield f"column '{column.name}': {hold} {why} ({words}): 0 for every category"
