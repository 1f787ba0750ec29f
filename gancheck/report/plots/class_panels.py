"""Labelled samples class by class: what was asked for against what came, `classes.png`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from gancheck.report.plots.style import FAKE, INK, MISSING, MUTED, REAL, canvas, heading
from gancheck.report.text.class_table import summary, worst_first
from gancheck.report.text.numbers import brief
from gancheck.scoring.examples import Array
from gancheck.scoring.scores import Scores

MOST = 40  #: classes that get a row; beyond, the worst
ROW = 0.22  #: inches
WIDTH = 2.0  #: times as wide as real data, at the right end


def draw_classes(path: Path, scores: Scores) -> Path:
    """Three panels, a row a class: share asked for and found, adherence, and width; BadData where there are none."""
    classes, title = choose_classes(scores.per_class)
    with canvas(path, 8.6, 1.35 + ROW * len(classes)) as figure:
        figure.set_layout_engine("constrained")
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=11.5)
        shares, adherence, width = figure.subplots(1, 3, sharey=True, width_ratios=(1.3, 1, 1))
        draw_shares(shares, classes, scores)
        draw_adherence(adherence, classes)
        draw_width(width, classes)
        label_rows(shares, width, classes)
        figure.legend(*entries(shares, adherence), loc="outside lower left", ncols=4, handlelength=1.4)
    return path


def choose_classes(classes: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """The classes that are drawn, and what is said of all."""
    title = f"Classes: {summary(classes)}"
    if len(classes) <= MOST:
        return classes, title
    return worst_first(classes).head(MOST), f"{title} (drawn: the {MOST} worst of {len(classes):,} classes)"


def draw_shares(axes: Axes, classes: pl.DataFrame, scores: Scores) -> None:
    """Grey bars for the share of samples made for each class, blue ones for the share of good samples found in it."""
    total = max(int(scores.per_class["samples"].sum()), 1)
    found = {row["name"]: row["share"] for row in scores.per_mode.iter_rows(named=True)}
    y = np.arange(len(classes))
    axes.barh(y, classes["samples"].to_numpy() / total, 0.74, color=REAL, label="asked for")
    shares = [found.get(name) for name in classes["name"]]
    axes.barh(y, np.array(shares, dtype=float), 0.36, color=FAKE, label="found")
    axes.set_xlim(0, None)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    heading(axes, "share of samples", "found: good ones that look like it")


def draw_adherence(axes: Axes, classes: pl.DataFrame) -> None:
    """How many of a class's samples look like it: a dot, beside a grey stroke for real data."""
    y = np.arange(len(classes))
    stroke: dict[str, Any] = {"marker": "|", "s": 90, "linewidths": 2, "color": MUTED}
    axes.scatter(numbers(classes, "real_adherence"), y, label="real data", **stroke)
    axes.scatter(numbers(classes, "adherence"), y, s=26, color=FAKE, label="samples", clip_on=False, zorder=3)
    axes.set_xlim(0, 1.03)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(axis="x")
    heading(axes, "adherence", "share that looks like its class")


def draw_width(axes: Axes, classes: pl.DataFrame) -> None:
    """Standard deviation over real's: a dot, from a line at 1; what is wider than the panel lies on its edge."""
    y, width = np.arange(len(classes)), numbers(classes, "spread").clip(max=WIDTH)
    axes.axvline(1, color=MUTED, linewidth=1, linestyle=":")
    axes.hlines(y, 1, width, color=FAKE, linewidth=1.2)
    axes.scatter(width, y, s=26, color=FAKE, clip_on=False, zorder=3)
    axes.set_xlim(0, WIDTH)
    axes.grid(axis="x")
    heading(axes, "width", "over real data's")


def label_rows(left: Axes, right: Axes, classes: pl.DataFrame) -> None:
    """Names at the left edge, and at the right the status of every class that is not held."""
    left.set(ylim=(len(classes) - 0.4, -0.6))
    left.set_yticks(np.arange(len(classes)), [brief(str(name), 24) for name in classes["name"]])
    for axes in right.get_figure(root=True).axes:  # type: ignore[union-attr]
        axes.tick_params(axis="y", length=0, labelcolor=INK)
    place: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "annotation_clip": False, "va": "center"}
    for y, status in enumerate(classes["status"]):
        if status != "held":
            colour = MUTED if status in ("unclear", "absent") else MISSING
            right.annotate(status, (1.05, y), color=colour, fontsize=7.5, **place)


def entries(*panels: Axes) -> tuple[list[Any], list[str]]:
    """Marks and words of the legend."""
    found = [axes.get_legend_handles_labels() for axes in panels]
    return [mark for marks, _ in found for mark in marks], [word for _, words in found for word in words]


def numbers(classes: pl.DataFrame, column: str) -> Array:
    """A column as numbers; NaN where it has none."""
    made: Array = classes[column].cast(pl.Float64).to_numpy()
    return made
