"""Tables that programs hold: polars, pandas and Arrow frames, arrays with named fields; and parquet files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from gancheck.errors import BadData
from gancheck.loading.content import LARGEST
from gancheck.loading.failures import one_line_errors
from gancheck.loading.parquet_probe import refuse_deep_columns
from gancheck.loading.raw import Array
from gancheck.loading.table import PLAIN, Table


def parquet_table(path: Path) -> Table:
    """A parquet file."""
    with one_line_errors(path.name, PLAIN):
        refuse_deep_columns(path)
        frame = pl.scan_parquet(path.absolute(), glob=False, hive_partitioning=False)
        rows, columns = frame.select(pl.len()).collect().item(), len(frame.collect_schema())
        if rows * columns * 8 > LARGEST:
            raise BadData(f"{path.name} says that it has {rows:,} rows; give fewer samples")
        return Table(path.name, frame, index=pandas_index(path))


def pandas_index(path: Path) -> tuple[str, ...]:
    """The columns of a parquet file that pandas saved its index in."""
    try:
        told = json.loads(pl.read_parquet_metadata(path).get("pandas", "{}"))
    except (ValueError, pl.exceptions.PolarsError):
        return ()
    index = told.get("index_columns", ()) if isinstance(told, dict) else ()
    return tuple(name for name in index if isinstance(name, str))


def table_in_memory(source: Any) -> Table | None:
    """A frame, or an array with named fields, as a table; None for anything else."""
    if isinstance(source, pl.DataFrame | pl.LazyFrame):
        return Table("table", source.lazy())
    if all(hasattr(source, name) for name in ("columns", "index", "iloc", "isna")):
        return pandas_table(source)
    if isinstance(source, np.ndarray) and source.dtype.names:
        return structured_table(source, "array")
    if hasattr(source, "__arrow_c_stream__") and hasattr(source, "column_names"):
        return Table("table", pl.DataFrame(source).lazy())
    return None


def pandas_table(frame: Any) -> Table:
    """A pandas frame; its index is no column."""
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        raise BadData("two columns of the frame have one name; give each its own")
    columns = {name: pandas_column(frame.iloc[:, place]) for place, name in enumerate(names)}
    named = [*frame.columns] != [*range(len(names))]
    return Table("table", pl.DataFrame(columns).lazy(), named)


def pandas_column(column: Any) -> pl.Series:
    """One column; cells that pandas calls missing are null, objects other than numbers are words."""
    values = np.asarray(column.to_numpy())
    if values.dtype.kind != "O":
        return pl.Series(values)
    missing = np.asarray(column.isna())
    cells = [None if gone else cell for cell, gone in zip(values.tolist(), missing, strict=True)]
    plain = all(cell is None or isinstance(cell, int | float) for cell in cells)
    return pl.Series(cells, strict=False) if plain else pl.Series([c if c is None else str(c) for c in cells])


def structured_table(array: Array, name: str) -> Table:
    """An array whose rows have named fields."""
    fields = array.dtype.names or ()
    if array.ndim != 1 or any(array[field].ndim != 1 for field in fields):
        raise BadData(f"{name} has fields that are no plain columns; give one value a row in each")
    columns = {field: np.ascontiguousarray(array[field]) for field in fields}
    return Table(name, pl.DataFrame({f: decode(column) for f, column in columns.items()}).lazy())


def decode(column: Array) -> Array:
    """Bytes as text, numbers in the machine's byte order."""
    if column.dtype.kind == "S":
        return np.char.decode(column, "utf-8")
    return column.astype(column.dtype.newbyteorder("="))
