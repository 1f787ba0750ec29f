"""Labels: one class a sample, as numbers from 0 with names."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.arrays import array_of, map_file
from gancheck.loading.class_numbers import number_classes
from gancheck.loading.column_facts import LABELS
from gancheck.loading.content import content_of, require_path
from gancheck.loading.failures import one_line_errors
from gancheck.loading.frames import parquet_table
from gancheck.loading.raw import Array
from gancheck.loading.samples import Samples
from gancheck.loading.text_table import is_number, read_dialect, scan_text
from gancheck.system.counts import say_count
from gancheck.system.held_stderr import stderr_held_back

ADVICE = "give one integer a sample, as .npy, .csv or a text file with one a line"


def open_labels(source: Any, count: int) -> tuple[Tensor, tuple[str, ...]]:
    """Labels (count,) int64, 0 ... K - 1, and the K names they had, in order.

    `source`: a .npy, .csv, .txt or .parquet file, or an array: whole numbers, words, true and false, (n,) or (n, 1), or
    one-hot rows (n, k). BadData where they are not one class a sample.
    """
    name = Path(source).name if isinstance(source, str | PathLike) else "labels"
    with one_line_errors(name, ADVICE):
        values = from_file(require_path(source), count) if isinstance(source, str | PathLike) else from_memory(source)
        return close_gaps(values, count, name)


def open_labels_of(samples: Samples, source: Any) -> tuple[Tensor, tuple[str, ...]]:
    """The labels of samples, some of which may have been left out for a missing cell; one a row of their source."""
    if samples.missing is None:
        return open_labels(source, samples.count or 0)
    labels, names = open_labels(source, len(samples.missing))
    return labels[~samples.missing], names


def from_memory(source: Any) -> Array:
    """The labels that a program holds; a column of a frame may hold words as objects."""
    values = np.asarray(source.to_numpy()) if hasattr(source, "to_numpy") else source
    if isinstance(values, np.ndarray) and values.dtype.kind == "O" and all(isinstance(v, str) for v in values.flat):
        return values.astype(str)
    return array_of(values)


def from_file(path: Path, count: int) -> Array:
    """The labels of a file, integers or text."""
    content = content_of(path)
    if content == "npy":
        return map_file(path)
    if content == "table":
        return label_cells(path, count)
    if content == "parquet":
        with stderr_held_back(), one_line_errors(path.name, ADVICE):
            frame = parquet_table(path).frame.collect()
        return as_values(label_column(frame, frame.columns, path.name), path.name)
    raise BadData(f"{path.name} holds no labels that gancheck reads; {ADVICE}")


def label_cells(path: Path, count: int) -> Array:
    """(n,) labels of a text table, integers or text, or one-hot rows; a header is a row beyond the samples."""
    with one_line_errors(path.name, "give one label a line"):
        dialect = read_dialect(path)
        cells = scan_text(path, dialect, has_header=False, infer_schema=False).collect()
        below = cells[len(cells) - count if len(cells) == count + 1 else 0 :]
        if len(cells.columns) > 1 and all(column.fill_null("").is_in(["0", "1"]).all() for column in below):
            return below.cast(pl.Int64).to_numpy()
        first = [*dialect.names] or [str(cell) for cell in cells.row(0)]
        return as_values(label_column(below, first, path.name), path.name)


def label_column(frame: pl.DataFrame, names: list[str], table: str) -> pl.Series:
    """The only column, or the one that is called label and the like."""
    lower = [name.strip().lower() for name in names]
    place = 0 if len(lower) == 1 else next((lower.index(label) for label in LABELS if label in lower), None)
    if place is None:
        raise BadData(f"{table} has {len(lower)} columns, none called {', '.join(LABELS)}; name one so")
    return frame.to_series(place)


def as_values(column: pl.Series, table: str) -> Array:
    """Numbers, or words."""
    if column.dtype != pl.String:
        column = column.cast(pl.String)
    column = column.str.strip_chars()
    if column.null_count() or (column == "").any():
        raise BadData(f"{table} has rows without a label; give each sample one")
    numeric = all(is_number(cell) for cell in column.unique())
    return column.cast(pl.Float64).to_numpy() if numeric else column.to_numpy().astype(str)


def close_gaps(values: Array, count: int, name: str) -> tuple[Tensor, tuple[str, ...]]:
    """Numbers from 0 in the order of the sorted names."""
    labels, words = number_classes(values, name)
    if len(labels) != count:
        counts = f"{say_count(len(labels), 'label')} for {say_count(count, 'sample')}"
        raise BadData(f"{name} holds {counts}; give one a sample")
    held, label = np.unique(labels.numpy(), return_inverse=True)
    names = tuple(words[place] for place in held) if words else tuple(map(str, held.tolist()))
    if len(names) > count / 2:
        counts = f"{say_count(len(names), 'different label')} for {say_count(count, 'sample')}"
        raise BadData(f"{name} holds {counts}; classes need to be fewer")
    return torch.from_numpy(label.astype(np.int64)), names
