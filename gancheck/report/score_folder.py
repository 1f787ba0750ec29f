"""Everything that `gancheck score --out` writes: the answer, its tables, the pictures that apply, and a page of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gancheck.report.html.score_page import FILE, write_score_page
from gancheck.report.plots.class_panels import draw_classes
from gancheck.report.plots.copies import copies
from gancheck.report.plots.missing_modes import missing
from gancheck.report.plots.mode_shares import balance
from gancheck.report.plots.side_by_side import beside
from gancheck.scoring.examples import PictureExamples
from gancheck.scoring.scores import Scores
from gancheck.system.files import write_text
from gancheck.system.tables import frame_csv

TABLES = ("scores.json", "per_mode.csv", "per_class.csv", "metrics.csv")
NAMES = (*TABLES, "samples.png", "modes.png", "classes.png", "missing.png", "copies.png", FILE)

#: Columns of metrics.csv that say how many samples a value and real data's were computed of.
COUNTS = {
    **dict.fromkeys(("n", "reference", "floor_n", "floor_reference"), pl.Int64),
    "extrapolated": pl.Boolean,
}


def write_answer(folder: Path, scores: Scores, material: PictureExamples) -> list[Path]:
    """Write the files that apply and give their paths; those of an earlier answer that no longer apply are removed."""
    drawn = pictures(folder, scores, material)
    written = [*tables(folder, scores), *drawn, write_score_page(folder / FILE, scores, drawn)]
    for stale in {folder / name for name in NAMES} - set(written):
        stale.unlink(missing_ok=True)
    return written


def tables(folder: Path, scores: Scores) -> list[Path]:
    """The answer as JSON, and its tables as CSV with all digits."""
    texts = {"scores.json": f"{scores.to_json()}\n", "metrics.csv": frame_csv(metrics(scores))}
    if len(scores.per_mode):
        texts["per_mode.csv"] = frame_csv(scores.per_mode)
    if len(scores.per_class):
        texts["per_class.csv"] = frame_csv(scores.per_class)
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]


def metrics(scores: Scores) -> pl.DataFrame:
    """A row a metric: its value, the ends of its interval, the value of real data, and how many samples of which.

    Empty where not known. `extrapolated` says whether the value of real data was brought from its own numbers of
    samples to those of the value.
    """
    ends = {name: scores.intervals.get(name, (None, None)) for name in scores.values}
    columns = {
        "metric": list(scores.values),
        "value": list(scores.values.values()),
        "low": [low for low, _ in ends.values()],
        "high": [high for _, high in ends.values()],
        "real": [scores.floor.get(name) for name in scores.values],
        **{count: [getattr(scores.sizes.get(name), count, None) for name in scores.values] for count in COUNTS},
    }
    numbers = dict.fromkeys(("value", "low", "high", "real"), pl.Float64)
    return pl.DataFrame(columns, schema={"metric": pl.String, **numbers, **COUNTS}, strict=False)


def pictures(folder: Path, scores: Scores, material: PictureExamples) -> list[Path]:
    """Samples beside data; for modes their balance; for labels the classes; for images what is missing, and copies."""
    drawn: list[Path | None] = [beside(folder / "samples.png", scores, material)]
    if len(scores.per_mode):
        drawn.append(balance(folder / "modes.png", scores))
    if len(scores.per_class):
        drawn.append(draw_classes(folder / "classes.png", scores))
    if material.is_image:
        drawn.append(missing(folder / "missing.png", scores, material))
    if material.is_image and material.copies is not None and len(material.copies.distances):
        drawn.append(copies(folder / "copies.png", material.copies))
    return [path for path in drawn if path is not None]
