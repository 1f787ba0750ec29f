"""Classes on a terminal: the worst first, and no more than fit."""

from __future__ import annotations

from io import StringIO
from typing import Any

import polars as pl
from rich.console import Console, Group

from gancheck.report.text.class_table import class_lines
from gancheck.scoring.per_class import no_classes
from gancheck.scoring.scores import PER_CLASS

KNOWN: dict[str, Any] = {
    **{"samples": 100, "real_samples": 90, "adherence": 0.9, "real_adherence": 0.98, "looks_like": "cat"},
    **{"distinct": 80.0, "real_distinct": 90.0, "spread": 1.0, "fid": None, "real_fid": None, "status": "held"},
}


def classes(*statuses: str, **changes: Any) -> pl.DataFrame:
    rows = [
        {"class": k, "name": f"class {k}", **KNOWN, "status": status, **changes} for k, status in enumerate(statuses)
    ]
    return pl.DataFrame([{name: row[name] for name in PER_CLASS} for row in rows], infer_schema_length=None)


def shown(table: pl.DataFrame, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, markup=False, highlight=False)
    console.print(Group(*class_lines(table)))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_worst_classes_come_first():
    text = shown(classes("held", "shrunken", "collapsed", "mislabelled"))
    assert text.startswith("Classes: 1 of 4 held, 1 collapsed, 1 mislabelled, 1 shrunken\n")
    assert [line.split()[1] for line in text.splitlines()[2:]] == ["2", "3", "1", "0"]


def test_ten_rows_at_most_and_the_rest_is_counted():
    text = shown(classes(*["held"] * 25))
    assert text.count("class ") == 10 + 1
    assert "... and 15 more" in text


def test_columns_without_a_number_are_left_out_and_rows_fit():
    text = shown(classes("held", "collapsed"))
    assert "fid" not in text
    assert "fid" in shown(classes("held", fid=1.0))
    assert max(map(len, text.splitlines())) <= 80


def test_without_labels_there_is_nothing_to_say():
    assert shown(no_classes()).strip() == ""
