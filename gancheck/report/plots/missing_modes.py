"""What a generator does not make: real images of the modes that are dropped or thin, `missing.png`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gancheck.report.plots.pixel_page import MARGIN, TITLE, Page, inches, mosaic
from gancheck.report.plots.style import MISSING, MUTED, canvas
from gancheck.report.text.headline import LOST, lost, number_of
from gancheck.report.text.numbers import brief, percent
from gancheck.scoring.examples import Array, PictureExamples
from gancheck.scoring.scores import Scores

MODES, IMAGES = 12, 8  #: at most, rows and images in a row
LABEL = 290  #: pixels for a mode's name and shares
GAP = 12  #: between rows

Row = dict[str, Any]


def missing(path: Path, scores: Scores, material: PictureExamples) -> Path | None:
    """A row of real images per mode, dropped modes first; None where no mode is dropped or thin, or none has images."""
    rows = [(row, mosaic(x, IMAGES)) for row in lost(scores.per_mode).to_dicts() if len(x := examples(row, material))]
    shown = rows[:MODES]
    if not shown:
        return None
    height = sum(block.height + GAP for _, block in shown) - GAP
    width = 2 * MARGIN + LABEL + max(block.width for _, block in shown)
    name = title(scores, len(shown), len(rows))
    with canvas(path, *inches(width, MARGIN + TITLE + height + MARGIN, name)) as figure:
        page = Page(figure, name)
        top = MARGIN + TITLE
        for row, block in shown:
            label(page, top + block.height / 2, row)
            page.picture(MARGIN + LABEL, top, block)
            top += block.height + GAP
    return path


def examples(row: Row, material: PictureExamples) -> Array:
    """The first real images of a mode."""
    if material.real_modes is None:
        return material.real[:0]
    chosen: Array = material.real[material.real_modes == row["mode"]][:IMAGES]
    return chosen


def title(scores: Scores, shown: int, known: int) -> str:
    """`3 dropped and 1 thin of 10 modes: real images`."""
    counts = ((number_of(scores.per_mode, status), status) for status in LOST)
    parts = [f"{count:,} {status}" for count, status in counts if count]
    which = "real images" if shown == known else f"real images of {shown}"
    return f"{' and '.join(parts)} of {len(scores.per_mode):,} modes: {which}"


def label(page: Page, middle: float, row: Row) -> None:
    """Name, status and shares beside a row."""
    colour = MISSING if row["status"] == "dropped" else MUTED
    page.text(MARGIN, middle - 31, brief(str(row["name"]), 20), weight="bold", fontsize=9.5)
    page.text(MARGIN, middle - 5, row["status"], color=colour, fontsize=8, weight="bold")
    page.text(
        MARGIN, middle + 16, f"{percent(row['share'])} of samples, {percent(row['real_share'])} of real", fontsize=7
    )
