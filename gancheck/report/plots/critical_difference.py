"""The critical-difference diagram: recipes by mean rank over tasks, bars over those that are not told apart.

Demsar, "Statistical comparisons of classifiers over multiple data sets", JMLR 2006.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes

from gancheck.report.plots.style import INK, MUTED, canvas
from gancheck.statistics.friedman import Friedman

LINE = 0.24  #: inches between two names
BAR = 0.1  #: inches between two bars
LEFT: Literal["left"] = "left"
RIGHT: Literal["right"] = "right"
TEXT: dict[str, Any] = {"fontsize": 8.5, "va": "center", "annotation_clip": False}


def critical_difference(path: Path, recipes: Sequence[str], found: Friedman, title: str = "", note: str = "") -> None:
    """Draw the mean ranks of `recipes`, in the order of `found.mean_ranks`; rank 1, the best, is on the left.

    The better half is named on the left, the other half on the right. A bar joins what the Nemenyi test does not tell
    apart; its critical difference stands above the axis.
    """
    order = np.argsort(found.mean_ranks, kind="stable")
    half = math.ceil(len(recipes) / 2)
    bars = BAR * (len(found.groups) + 1.5)
    depth, out = bars + LINE * half, 0.12 * (len(recipes) - 1)
    with canvas(path, 7.6, depth + 1.25) as figure:
        figure.set_layout_engine("constrained")
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=11.5)
        axes = figure.subplots()
        _axis(axes, len(recipes), found.difference, depth)
        for height, group in enumerate(found.groups):
            _bar(axes, found.mean_ranks[list(group)], BAR * (height + 1))
        for place, recipe in enumerate(order):
            level, side = (place, LEFT) if place < half else (len(recipes) - 1 - place, RIGHT)
            end = 1 - out if side == LEFT else len(recipes) + out
            _name(axes, recipes[recipe], found.mean_ranks[recipe], bars + LINE * (level + 0.5), side, end)
        figure.supxlabel(note, x=0.01, ha="left", color=MUTED, fontsize=7.5)


def _axis(axes: Axes, recipes: int, difference: float, depth: float) -> None:
    """Ranks along the top, and the critical difference above them."""
    room = 0.35 * (recipes - 1)
    axes.set(xlim=(1 - room, recipes + room), ylim=(depth + 0.05, -0.42), yticks=[], xticks=[])
    axes.spines[:].set_visible(False)
    axes.plot([1, recipes], [0, 0], color=INK, linewidth=1)
    for rank in range(1, recipes + 1):
        axes.plot([rank, rank], [0, -0.05], color=INK, linewidth=1)
        axes.annotate(f"{rank}", (rank, -0.13), ha="center", color=MUTED, **TEXT | {"fontsize": 7.5})
    end = 1 + min(difference, recipes - 1)
    axes.plot([1, end], [-0.27, -0.27], color=INK, linewidth=1.4, marker="|", markersize=6)
    axes.annotate(f"critical difference {difference:.2f}", ((1 + end) / 2, -0.38), ha="center", color=INK, **TEXT)


def _bar(axes: Axes, ranks: np.ndarray, y: float) -> None:
    """Over recipes that are not told apart."""
    axes.plot([ranks.min() - 0.04, ranks.max() + 0.04], [y, y], color=INK, linewidth=3, solid_capstyle="butt")


def _name(axes: Axes, recipe: str, rank: float, y: float, side: Literal["left", "right"], end: float) -> None:
    """A line from the rank down and out to the name."""
    axes.plot([rank, rank, end], [0, y, y], color=MUTED, linewidth=0.8, zorder=1)
    text = f"{recipe}  {rank:.2f} " if side == "left" else f" {rank:.2f}  {recipe}"
    axes.annotate(text, (end, y), ha="right" if side == "left" else "left", color=INK, **TEXT)
