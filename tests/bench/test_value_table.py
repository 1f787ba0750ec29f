"""`results.parquet`: the page says of every column what it holds, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl

from gancheck.bench.run_result import RunResult
from gancheck.bench.value_table import list_values

PAGE = Path(__file__).parents[2] / "docs" / "results-folder.md"
DONE = RunResult("r1", "ring/mlp", 0, "done", {"quality": 0.5}, {"quality": 1.0}, 2.0, modes=8)
FAILED = RunResult("r1", "ring/mlp", 1, "failed", {}, {}, None, reason="no luck")


def test_the_page_names_every_column_in_order_with_its_type() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (String|Int64|Float64) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(name, str(kind)) for name, kind in list_values([DONE]).schema.items()]


def test_a_run_without_values_has_one_row_without_a_metric() -> None:
    assert list_values([FAILED]).select("status", "reason", "metric", "value").row(0) == (
        "failed",
        "no luck",
        None,
        None,
    )


def test_duckdb_reads_the_file_with_the_line_of_the_page(tmp_path: Path) -> None:
    list_values([DONE, FAILED]).write_parquet(tmp_path / "results.parquet")
    line = re.search(r'duckdb -c "(.*)"', PAGE.read_text(encoding="utf-8"))
    assert line is not None
    query = line[1].replace("runs/quick", str(tmp_path))
    assert duckdb.sql(query).fetchall() == [("r1", 0.5, 1.0)]
    assert pl.read_parquet(tmp_path / "results.parquet").height == 2
