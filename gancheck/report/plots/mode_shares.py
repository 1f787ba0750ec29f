"""The share of every mode against its real share: `modes.png`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from gancheck.report.plots.style import FAKE, INK, MISSING, MUTED, REAL, canvas
from gancheck.report.text.headline import count_modes, headline, number_of
from gancheck.report.text.numbers import brief
from gancheck.scoring.examples import Array
from gancheck.scoring.scores import Scores

BARS = 60  #: modes that get a bar each; more become a curve
ROW = 0.2  #: inches
STEEP = 4  #: ratios beyond this are drawn on a logarithmic scale


def balance(path: Path, scores: Scores) -> Path:
    """Bars sorted by ratio, or for more than 60 modes the ratios in order; BadData where there are no modes."""
    modes = scores.per_mode.with_columns(pl.col("share").fill_null(0)).sort("ratio", "mode", nulls_last=True)
    few = len(modes) <= BARS
    with canvas(path, 7.0, 1.25 + ROW * len(modes) if few else 3.8) as figure:
        figure.set_layout_engine("constrained")
        figure.suptitle(title(scores), x=0.01, ha="left", weight="bold", fontsize=11.5)
        (bars if few else curve)(figure.subplots(), modes)
    return path


def title(scores: Scores) -> str:
    """What the modes say; the verdict where they are all held."""
    found = (count_modes(scores.per_mode, status) for status in ("crowded", "thin", "shrunken"))
    return headline(scores) if number_of(scores.per_mode, "dropped") else next(filter(None, found), headline(scores))


def bars(axes: Axes, modes: pl.DataFrame) -> None:
    """A grey bar for the real share, hollow where the mode is dropped, and a blue one with its 95 % interval on it."""
    y, names = np.arange(len(modes)), [brief(str(name), 24) for name in modes["name"]]
    real, share = values(modes, "real_share"), values(modes, "share")
    dropped = (modes["status"] == "dropped").to_numpy()
    axes.barh(y[~dropped], real[~dropped], 0.74, color=REAL, label="real data")
    axes.barh(y[~dropped], share[~dropped], 0.36, color=FAKE, label="samples")
    if dropped.any():
        axes.barh(y[dropped], real[dropped], 0.7, facecolor="none", edgecolor=MISSING, label="real data, dropped")
        axes.barh(y[dropped], share[dropped], 0.36, color=MISSING)
    low, high = (values(modes, f"ratio_{end}") * real for end in ("low", "high"))
    axes.hlines(y, low, high, color=INK, linewidth=1, label="95 % interval")
    axes.set(ylim=(len(modes) - 0.4, -0.6), xlim=(0, None), xlabel="share of real data, and of high-quality samples")
    axes.set_yticks(y, names)
    for tick, status in zip(axes.get_yticklabels(), modes["status"], strict=True):
        tick.set_color(MISSING if status == "dropped" else INK)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    statuses(axes, modes)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    legend(axes)


def statuses(axes: Axes, modes: pl.DataFrame) -> None:
    """The status of every mode that is not held, at the right edge."""
    for y, status in enumerate(modes["status"]):
        if status != "held":
            colour = MISSING if status == "dropped" else MUTED
            place: dict[str, Any] = {"xy": (1.01, y), "xycoords": ("axes fraction", "data"), "annotation_clip": False}
            axes.annotate(status, **place, va="center", color=colour, fontsize=7.5)


def curve(axes: Axes, modes: pl.DataFrame) -> None:
    """Ratios from the smallest to the largest, in the band of their intervals; the dropped ones in another colour."""
    rank, ratio = np.arange(1, len(modes) + 1), values(modes, "ratio")
    dropped = number_of(modes, "dropped")
    band = (values(modes, "ratio_low"), values(modes, "ratio_high"))
    axes.fill_between(rank, *band, color=FAKE, alpha=0.18, linewidth=0, step="mid", label="95 % interval")
    axes.plot(rank, ratio, color=FAKE, linewidth=1.6, drawstyle="steps-mid", label="samples")
    axes.axhline(1, color=MUTED, linewidth=1, linestyle=":", label="real data")
    if dropped:
        is_dropped = np.where((modes["status"] == "dropped").to_numpy(), ratio, np.nan)
        look: dict[str, Any] = {"linewidth": 4, "solid_capstyle": "butt", "clip_on": False, "zorder": 4}
        axes.plot(rank, is_dropped, color=MISSING, label=f"dropped: {dropped:,}", **look)
    if np.nanmax(ratio) > STEEP:
        axes.set_yscale("symlog", linthresh=1, linscale=0.6)
        axes.yaxis.set_major_formatter("{x:g}")
    axes.set(xlim=(0, len(modes) + 1), ylim=(0, None), xlabel="modes, from the rarest to the most crowded")
    axes.set_ylabel("share over real share")
    axes.grid(axis="y")
    legend(axes)


def legend(axes: Axes) -> None:
    """Below the page, where it hides nothing."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.legend(loc="outside lower left", ncols=4, handlelength=1.6, columnspacing=1.6)


def values(modes: pl.DataFrame, column: str) -> Array:
    """A column as numbers; NaN where it has none."""
    made: Array = modes[column].cast(pl.Float64).to_numpy()
    return made
