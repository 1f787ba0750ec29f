"""A table before anybody has said which of its columns are compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from gancheck.loading.written_numbers import COMMA

#: What stands in a cell without a value.
MISSING = (
    "",
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "<NA>",
    "nan",
    "NaN",
    "NAN",
    "-nan",
    "null",
    "NULL",
    "None",
    "NaT",
    "?",
    "-",
    ".",
)
PLAIN = "give one row a sample, a column a feature, and a header or none"


@dataclass(frozen=True, eq=False)
class Table:
    """Columns with names, scanned batch by batch."""

    name: str
    frame: pl.LazyFrame
    named: bool = True  #: whether the names are the source's own
    notes: tuple[str, ...] = ()
    index: tuple[str, ...] = ()  #: columns that its writer says are row labels
    decimal_comma: bool = False


def column_key(name: str) -> str:
    """What two names of one column have in common: no space or case, and 0.0 is 0."""
    bare = name.strip().strip('"').lstrip("#").strip()
    try:
        return repr(float(bare))
    except ValueError:
        return bare.casefold()


def decimal_point(cell: str) -> str:
    """A number written with a comma, and perhaps points between thousands, with a point alone."""
    return (cell.replace(".", "") if re.match(COMMA, cell) else cell).replace(",", ".")
