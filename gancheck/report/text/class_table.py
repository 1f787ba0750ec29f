"""Classes as text: how many keep to their label, and a row for each of the worst."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from rich.console import RenderableType as Renderable
from rich.table import Table
from rich.text import Text

from gancheck.report.text.mode_table import Name
from gancheck.report.text.numbers import NONE, digits

MOST = 10  #: rows
STATUSES = ("collapsed", "mislabelled", "shrunken", "absent", "unclear", "held")  #: the worst first
COLOURS = {"collapsed": "red", "mislabelled": "magenta", "shrunken": "cyan", "absent": "yellow"}
HEADINGS = (
    "class",
    "status",
    "samples",
    "adherence",
    "real",
    "looks like",
    "distinct",
    "real",
    "spread",
    "fid",
    "real",
)
TEXTS = ("class", "status", "looks like")


def class_lines(classes: pl.DataFrame) -> Iterator[Renderable]:
    """`Classes: 7 of 8 held, 1 collapsed`, and the table of the worst; nothing without labels."""
    if classes.is_empty():
        return
    yield Text(f"Classes: {summary(classes)}", style="bold")
    yield table(worst_first(classes).head(MOST))
    if len(classes) > MOST:
        yield Text(f"... and {len(classes) - MOST:,} more (--json has all)", style="dim")


def summary(classes: pl.DataFrame) -> str:
    """`7 of 8 held, 1 collapsed`."""
    counts = {status: int((classes["status"] == status).sum()) for status in STATUSES}
    held = counts.pop("held")
    return ", ".join([f"{held:,} of {len(classes):,} held", *(f"{n:,} {status}" for status, n in counts.items() if n)])


def worst_first(classes: pl.DataFrame) -> pl.DataFrame:
    """By status, and within one by how far adherence falls short of real data's."""
    rank = pl.col("status").replace_strict({status: k for k, status in enumerate(STATUSES)}, default=len(STATUSES))
    return classes.sort(rank, pl.col("adherence") - pl.col("real_adherence"), "class", nulls_last=True)


def table(classes: pl.DataFrame) -> Table:
    """One row a class; columns that nothing is known in are left out."""
    made = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    rows = [cells(row) for row in classes.iter_rows(named=True)]
    shown = [k for k, heading in enumerate(HEADINGS) if heading in TEXTS or any(str(row[k]) != NONE for row in rows)]
    for k in shown:
        text = HEADINGS[k] in TEXTS
        shrinks = HEADINGS[k] in ("class", "looks like")
        made.add_column(HEADINGS[k], justify="left" if text else "right", no_wrap=not shrinks)
    for row in rows:
        made.add_row(*(row[k] for k in shown))
    return made


def cells(row: dict[str, Any]) -> list[Renderable]:
    """A class under `HEADINGS`."""
    rates = (row["adherence"], row["real_adherence"])
    return [
        Name(str(row["name"])),
        Text(row["status"], style=COLOURS.get(row["status"], "")),
        Text(f"{row['samples']:,}"),
        *(Text(NONE if rate is None else f"{rate:.0%}") for rate in rates),
        Name(row["looks_like"] or NONE),
        *(Text(digits(row[column])) for column in ("distinct", "real_distinct", "spread", "fid", "real_fid")),
    ]
