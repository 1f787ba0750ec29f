"""Power, stability and places over training, as pictures of the committed tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from matplotlib.axes import Axes

from benchmarks.validity.stability import AIM
from gancheck.report.plots.style import INK, MUTED, PALETTE, canvas, heading, line_styles

TICKS = (4, 5, 7, 10, 20, 50, 100, 200)
NOT_PLACES = ("budget", "tau", "most_moved", "first")


def draw(results: Path) -> None:
    """All three."""
    power(results)
    stability(results)
    places(results)


def power(results: Path) -> None:
    """Chance to see a difference against seeds, a panel for every size of board."""
    rows = pl.read_csv(results / "power.csv")
    boards = rows["recipes"].unique().sort().to_list()
    with canvas(results / "power.png", 3.8 * len(boards), 3.0) as figure:
        figure.set_layout_engine("constrained")
        panels = figure.subplots(1, len(boards), sharey=True)
        for axes, recipes in zip(panels, boards, strict=True):
            heading(axes, f"{recipes} recipes")
            axes.set(xscale="log", ylim=(0, 1.02), xlabel="seeds on each task")
            axes.set_xticks(TICKS, [f"{tick}" for tick in TICKS])
            axes.minorticks_off()
            axes.grid(True)
            mark(axes, 0.8)
            for colour, ((difference,), mine) in zip(PALETTE, groups(rows.filter(recipes=recipes)), strict=False):
                axes.plot(mine["seeds"], mine["power"], color=colour, label=f"{100 * difference:.0f} points")
        panels[0].set_ylabel("chance that the test sees it")
        panels[-1].legend(loc="lower right")


def groups(rows: pl.DataFrame) -> list[tuple[tuple[Any, ...], pl.DataFrame]]:
    """The rows of every difference."""
    return list(rows.group_by("difference", maintain_order=True))


def stability(results: Path) -> None:
    """Kendall's tau between boards of disjoint seeds."""
    rows = pl.read_csv(results / "stability.csv")
    with canvas(results / "stability.png", 4.4, 3.0) as figure:
        figure.set_layout_engine("constrained")
        axes = figure.subplots()
        axes.set(ylim=(0, 1.02), xlabel="seeds of each board", ylabel="Kendall's tau of their orders")
        axes.set_xticks(rows["seeds"].to_list())
        axes.grid(True)
        mark(axes, AIM)
        axes.fill_between(rows["seeds"], rows["tau_low"], rows["tau_high"], color=PALETTE[0], alpha=0.15, linewidth=0)
        axes.plot(rows["seeds"], rows["tau"], "o-", color=PALETTE[0], markersize=4)


def places(results: Path) -> None:
    """Every recipe's place at every evaluation."""
    rows = pl.read_csv(results / "budget.csv")
    recipes = sorted((name for name in rows.columns if name not in NOT_PLACES), key=lambda name: rows[name][-1])
    looks = dict(zip(recipes, line_styles(len(recipes)), strict=True)) | {"none": {"color": INK, "linestyle": "-"}}
    with canvas(results / "places.png", 5.6, 3.4) as figure:
        figure.set_layout_engine("constrained")
        axes = figure.subplots()
        axes.set(ylim=(len(recipes) + 0.5, 0.5), ylabel="place by modes held")
        axes.set_xticks(range(len(rows)), rows["budget"].to_list())
        axes.set_yticks(range(1, len(recipes) + 1))
        axes.grid(True)
        for recipe in recipes:
            axes.plot(range(len(rows)), rows[recipe], marker="o", markersize=4, **looks[recipe])
            text: dict[str, Any] = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "fontsize": 8}
            axes.annotate(recipe, (len(rows) - 1, rows[recipe][-1]), color=looks[recipe]["color"], **text)
        axes.spines["left"].set_visible(False)


def mark(axes: Axes, height: float) -> None:
    """What is aimed for."""
    axes.axhline(height, color=MUTED, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
