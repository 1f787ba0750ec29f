"""Tables for programs: CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

Row = dict[str, Any]


def csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """All digits; what is not known is empty. The header stands even without rows."""
    table = {column: [row[column] for row in rows] for column in columns}
    return pl.DataFrame(table, strict=False).write_csv()
