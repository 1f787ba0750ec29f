"""Tables of points: .csv and .parquet, scanned batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from gancheck.errors import BadData
from gancheck.loading.arrays import whole_labels
from gancheck.loading.content import LARGEST
from gancheck.loading.failures import one_line_errors
from gancheck.loading.raw import Array, Raw, join_names

ROWS = 65_536  #: of a batch
WIDEST = 2**20  #: characters of the first line
LABELS = ("labels", "label", "mode", "y")
UNNAMED = ("", "Unnamed: 0")  #: the row numbers that pandas writes
BROKEN = (
    "nan",
    "NaN",
    "NAN",
    "-nan",
    "inf",
    "-inf",
    "Inf",
    "-Inf",
    "NA",
    "null",
    "None",
)  #: no value, or no finite one
PLAIN = "give one row a sample, numbers only, and a header or none"


def csv(path: Path) -> Raw:
    """Points of a text table; comma, semicolon, tab or a space between the numbers, with a header or without."""
    with one_line_errors(path.name, PLAIN):
        mark, header = dialect(path)
        how = {"has_header": header, "null_values": [*BROKEN]}
        types = scan_table(path, mark, infer_schema_length=None, **how).collect_schema()
        table = scan_table(path, mark, schema=types, **how)  # the types are found once, from all rows
        notes = (f"the first row of {path.name} is {'its header' if header else 'a sample: it has no header'}",)
        return raw_table(table, path.name, notes)


def parquet(path: Path) -> Raw:
    """Points of a parquet file."""
    with one_line_errors(path.name, PLAIN):
        table = pl.scan_parquet(path.absolute(), glob=False, hive_partitioning=False)
        rows, columns = table.select(pl.len()).collect().item(), len(table.collect_schema())
        if rows * columns * 8 > LARGEST:
            raise BadData(f"{path.name} says that it has {rows:,} rows; give fewer samples")
        return raw_table(table, path.name, ())


def raw_table(table: pl.LazyFrame, name: str, notes: tuple[str, ...]) -> Raw:
    """Numeric columns as points; a column of labels as labels."""
    schema = dict(table.collect_schema())
    label = label_column(schema)
    skipped = [column for column in schema if column in UNNAMED and schema[column].is_integer()]
    columns = [column for column in schema if column != label and column not in skipped]
    refuse_columns({column: schema[column] for column in columns}, name)
    single = all(schema[column] == pl.Float32 for column in columns)
    points = table.select(pl.col(columns).cast(pl.Float32 if single else pl.Float64).fill_null(float("nan")))

    def read() -> Iterator[Array]:
        with one_line_errors(name, PLAIN):
            for batch in points.collect_batches(chunk_size=ROWS, maintain_order=True):
                if len(batch):
                    yield batch.to_numpy()

    notes = (*notes, *(f"column '{column}' of {name} left out as row numbers" for column in skipped))
    if label is None:
        return Raw(name, (len(columns),), read, notes=notes)
    labels, classes = label_values(table.select(pl.col(label)).collect().to_series(), name)
    said = f"labels from column '{label}'" + (f": {join_names(classes)}" if classes else "")
    return Raw(name, (len(columns),), read, labels=whole_labels(labels, name), classes=classes, notes=(*notes, said))


def label_column(schema: dict[str, Any]) -> str | None:
    """The column of labels; one called `y` is a coordinate where there is an `x`, or where it holds fractions."""
    names = {column.lower(): column for column in schema}
    found = next((names[label] for label in LABELS if label in names), None)
    if found is not None and found.lower() == "y" and ("x" in names or schema[found].is_float()):
        return None
    return found


def label_values(column: pl.Series, name: str) -> tuple[Array, tuple[str, ...]]:
    """Integers; or text as its place among the sorted classes, and those."""
    if column.null_count():
        raise BadData(f"{name}: {column.null_count():,} rows have no '{column.name}'; give each a label or drop them")
    if column.dtype.is_integer():
        return column.to_numpy(), ()
    if column.dtype != pl.String:
        raise BadData(f"{name}: column '{column.name}' holds {column.dtype}; labels are integers or text")
    names, values = np.unique(column.to_numpy().astype(str), return_inverse=True)
    return values, tuple(names.tolist())


def refuse_columns(schema: dict[str, Any], name: str) -> None:
    """BadData for columns that are no coordinates, by name."""
    if not schema:
        raise BadData(f"{name} has no column of numbers; {PLAIN}")
    wrong = [f"'{column[:40]}'" for column, dtype in schema.items() if not dtype.is_numeric()]
    if wrong:
        what = "column " if len(wrong) == 1 else "columns "
        raise BadData(f"{name}: {what}{join_names(wrong)} not numeric; drop it, or call it 'label' if it is one")


def label_cells(path: Path, count: int) -> Array:
    """(n,) labels of a text table, integers or text; of several columns, the one called label, labels, mode or y."""
    with one_line_errors(path.name, "give one label a line"):
        mark = dialect(path)[0]
        cells = scan_table(path, mark, has_header=False, infer_schema=False).collect()
        first = [str(cell).lower() for cell in cells.row(0)]
        place = 0 if len(first) == 1 else next((first.index(label) for label in LABELS if label in first), None)
        if place is None:
            raise BadData(f"{path.name} has {len(first)} columns, none called label, labels, mode or y; name one so")
        column = cells.to_series(place)[len(cells) - count if len(cells) == count + 1 else 0 :].str.strip_chars()
        if column.null_count() or (column == "").any():
            raise BadData(f"{path.name} has rows without a label; give each sample one")
        numbers = column.cast(pl.Int64, strict=False)
        return column.to_numpy().astype(str) if numbers.null_count() else numbers.to_numpy()


def scan_table(path: Path, mark: str, **how: Any) -> pl.LazyFrame:
    """The table, not read yet."""
    return pl.scan_csv(path.absolute(), separator=mark, glob=False, **how)


def dialect(path: Path) -> tuple[str, bool]:
    """What separates the cells, and whether the first row is a header."""
    with path.open(encoding="utf-8-sig") as file:
        first = file.readline(WIDEST).strip()
    if len(first) >= WIDEST - 1:
        raise BadData(f"{path.name}: its first line is longer than a megabyte; {PLAIN}")
    mark = next((mark for mark in (",", ";", "\t", " ") if mark in first), ",")
    numbers = [cell for cell in first.split(mark) if is_number(cell)]
    return mark, numbers == [str(k) for k in range(len(numbers))]  # none, or 0, 1, ... as pandas names its columns


def is_number(cell: str) -> bool:
    """Whether a cell of the first row is a value rather than a name."""
    try:
        float(cell.strip().strip('"'))
    except ValueError:
        return False
    return True
