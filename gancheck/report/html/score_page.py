"""The answer of `gancheck score` as one page: the verdict, what speaks for it, every number, and the pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from gancheck.report.html.board import Cell, Table
from gancheck.report.html.page import render
from gancheck.report.html.pictures import pictures_of
from gancheck.report.text.headline import headline
from gancheck.report.text.numbers import bounds, digits
from gancheck.scoring.scores import Scores
from gancheck.system.files import write_text

FILE = "report.html"
METRICS = ("metric", "samples", "95 % interval", "real data", "n")


def write_score_page(path: Path, scores: Scores, pictures: Iterable[Path]) -> Path:
    """Write the page; its pictures are those files, as they are."""
    frames = {"Mode by mode": scores.per_mode, "Class by class": scores.per_class}
    tables = [metric_table(scores), *(frame_table(name, frame) for name, frame in frames.items() if len(frame))]
    words: dict[str, Any] = {
        "title": headline(scores),
        "scores": scores,
        "tables": tables,
        "pictures": pictures_of(pictures),
        "facts": {name: str(fact) for name, fact in scores.facts.items()},
    }
    write_text(path, render("score.html", {}, ("table.js",), **words))
    return path


def metric_table(scores: Scores) -> Table:
    """Every metric beside the same of real data."""
    return Table("Numbers beside real data", METRICS, [metric_cells(scores, name) for name in scores.values])


def metric_cells(scores: Scores, name: str) -> Sequence[Cell]:
    """A row."""
    value, floor, ends = scores.values[name], scores.floor.get(name), scores.intervals.get(name)
    count = scores.sizes[name].n if name in scores.sizes else None
    numbers = [Cell(bounds(ends), ends[0] if ends else None), Cell(digits(floor), floor), Cell(digits(count), count)]
    return [Cell(name, name), Cell(digits(value), value), *numbers]


def frame_table(name: str, frame: pl.DataFrame) -> Table:
    """A table of the answer with all its columns; a word in any other column than numbers."""
    columns = [column.replace("_", " ") for column in frame.columns]
    return Table(name, columns, [[any_cell(value) for value in row] for row in frame.iter_rows()])


def any_cell(value: object) -> Cell:
    """A number rounded, a word as it is, nothing for nothing."""
    if value is None:
        return Cell("", None)
    return Cell(digits(value), value) if isinstance(value, int | float) else Cell(str(value), str(value))
