"""`gancheck rank`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from cyclopts import Parameter

from gancheck.bench.collect import make_leaderboard, run_result
from gancheck.bench.leaderboard import COLUMNS, Leaderboard
from gancheck.bench.merged_folders import MergedFolders
from gancheck.errors import BadParameter
from gancheck.plugins.parameters import split_names
from gancheck.plugins.registry import Registry
from gancheck.report.text import leaderboard as tables
from gancheck.report.text.caption import caption_of
from gancheck.system.files import replacing, write_text
from gancheck.system.tables import Row, csv


def rank_command(
    runs: Annotated[list[Path], Parameter(consume_multiple=True, negative="")],
    /,
    *,
    out: Path | None = None,
    format: Literal["csv", "markdown", "latex", "json", "parquet"] = "csv",
    mix: str = "",
) -> int:
    """Make the leaderboard again from a results folder, or one of several.

    Parameters
    ----------
    runs
        Folders that `gancheck run` has made, such as runs/quick. Several are ranked as one: other seeds or other
        strategies of the same suite. A run that stands in several counts once.
    out
        File to write; standard output unless given.
    format
        csv has every column; markdown and latex are for papers, json and parquet for programs.
    mix
        In what folders may differ: suites,versions,tracks,budgets,devices,software. What was mixed is said.
    """
    merged = MergedFolders.read(runs, split_names(mix) if mix else ())
    board = leaderboard(merged)
    rows = board.leaderboard()
    if format == "parquet":
        write_parquet(out, rows)
    else:
        write_table(out, table_text(format, rows, [caption_of(board), *merged.notes]))
    for note in merged.notes if format != "markdown" else ():
        print(f"gancheck: {note}", file=sys.stderr)
    return 0


def leaderboard(merged: MergedFolders) -> Leaderboard:
    """The board of all that the folders hold on their suites' own tasks, from the folders alone."""
    results = map(run_result, merged.runs)
    return make_leaderboard(results, Registry.load(), merged.suite, merged.version, merged.date, merged.base)


def table_text(format: str, rows: Sequence[Row], caption: Iterable[str]) -> str:
    """The table as text; only markdown has room for what stands under it."""
    if format == "csv":
        return csv(rows, COLUMNS)
    if format == "markdown":
        return f"{tables.markdown(rows)}\n{' '.join(caption)}\n"
    return {"latex": tables.latex, "json": tables.json}[format](rows)


def write_table(out: Path | None, text: str) -> None:
    """To a file, or to standard output."""
    if out:
        write_text(out, text)
    else:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def write_parquet(out: Path | None, rows: Sequence[Row]) -> None:
    """To a file; a terminal cannot show it."""
    if out is None:
        raise BadParameter("--format parquet is no text; say where to with --out board.parquet")
    table = BytesIO()  # polars names a full disk by an error of its own
    pl.DataFrame({column: [row[column] for row in rows] for column in COLUMNS}, strict=False).write_parquet(table)
    with replacing(out) as part:
        part.write_bytes(table.getvalue())
