"""Tables for programs: CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

Row = dict[str, Any]


def csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """All digits; what is not known is empty. The header stands even without rows."""
    table = {column: [row[column] for row in rows] for column in columns}
    return frame_csv(pl.DataFrame(table, strict=False))


def frame_csv(frame: pl.DataFrame) -> str:
    """The same of a frame. Text that a spreadsheet would take for a formula, such as a folder named `=cmd()`, gets an
    apostrophe in front."""
    texts = pl.col(pl.String)
    is_formula = texts.str.contains(r"^[=+\-@\t\r\n]")
    return frame.with_columns(pl.when(is_formula).then("'" + texts).otherwise(texts).name.keep()).write_csv()
