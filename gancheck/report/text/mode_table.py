"""The modes as text: how many are held, and a row for each that is not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.console import Console, ConsoleOptions, RenderResult
from rich.console import RenderableType as Renderable
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from gancheck.report.text.headline import number_of
from gancheck.report.text.numbers import NONE, bounds, brief, digits, percent

MOST = 12  #: rows
STATUSES = ("dropped", "thin", "crowded", "shrunken", "unclear")
COLOURS = {"dropped": "red", "thin": "yellow", "crowded": "magenta", "shrunken": "cyan"}
SCALE = "x real"  #: heading of the bars
HEADINGS = ("mode", "status", "share", "real", "ratio", SCALE, "quality", "spread")


@dataclass(frozen=True)
class Bar:
    """A share on a scale from nothing to twice the real share, which a stroke in the middle marks."""

    ratio: float | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Full blocks up to the share, light ones for what is lacking; an arrow where the scale ends too early."""
        full, light, stroke, beyond = "#.|>" if options.ascii_only else "█░│▶"
        half = (options.max_width - 1) // 2
        ratio = 0.0 if self.ratio is None or math.isnan(self.ratio) else self.ratio
        cells = round(min(max(ratio, 0), 2) * half)
        left = full * min(cells, half) + light * (half - cells)
        right = full * (cells - half)
        yield Segment(left + stroke + (right[:-1] + beyond if ratio > 2.05 and right else right).ljust(half))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """At least four blocks a side."""
        return Measurement(9, 17)


@dataclass(frozen=True)
class Name:
    """A mode's name, cut to the room that there is."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One line."""
        yield Text(brief(self.text, options.max_width))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Enough for `cluster 3`."""
        return Measurement(9, min(max(9, len(self.text)), 40))


def shares(modes: pl.DataFrame) -> Iterator[Renderable]:
    """`Modes: 22 of 25 held, 3 dropped`, and the table of those that are not held; nothing without modes."""
    if modes.is_empty():
        return
    yield Text(f"Modes: {summary(modes)}", style="bold")
    rows = unheld(modes)
    if rows.is_empty():
        return
    yield table(rows.head(MOST))
    if len(rows) > MOST:
        yield Text(f"... and {len(rows) - MOST:,} more (--json has all)", style="dim")


def summary(modes: pl.DataFrame) -> str:
    """`22 of 25 held, 2 dropped, 1 thin`."""
    counts = ((number_of(modes, status), status) for status in STATUSES)
    held = f"{number_of(modes, 'held'):,} of {len(modes):,} held"
    return ", ".join([held, *(f"{count:,} {status}" for count, status in counts if count)])


def unheld(modes: pl.DataFrame) -> pl.DataFrame:
    """The modes that are not held; where most mass went from or to comes first."""
    moved = (pl.col("share").fill_null(0) - pl.col("real_share").fill_null(0)).abs()
    return modes.filter(pl.col("status") != "held").sort(-moved, "mode")


def table(modes: pl.DataFrame) -> Table:
    """One row a mode; names and bars shrink where the terminal is narrow."""
    made = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    for heading in HEADINGS:
        number = heading in ("share", "real", "quality", "spread")
        shrinks = heading in ("mode", SCALE)
        made.add_column(heading, justify="right" if number else "left", no_wrap=not shrinks)
    for row in modes.iter_rows(named=True):
        made.add_row(*cells(row))
    return made


def cells(row: dict[str, Any]) -> list[Renderable]:
    """A mode under `HEADINGS`."""
    quality, spread = row["quality"], row["spread"]
    ratio = f"{digits(row['ratio'])} {bounds((row['ratio_low'], row['ratio_high']))}"
    return [
        Name(str(row["name"])),
        Text(row["status"], style=COLOURS.get(row["status"], "")),
        Text(percent(row["share"])),
        Text(percent(row["real_share"])),
        Text(ratio),
        Bar(row["ratio"]),
        Text(NONE if quality is None else f"{quality:.0%}"),
        Text(NONE if spread is None else f"{spread:.2f}"),
    ]
