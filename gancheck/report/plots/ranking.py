"""The leaderboard as a picture: modes held with an interval per recipe, and a dot for every task."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from gancheck.bench.run_result import UNTRAINED
from gancheck.errors import BadData
from gancheck.report.plots.style import INK, MUTED, PALETTE, canvas
from gancheck.report.text.leaderboard import done, interval, name, place
from gancheck.system.tables import Row

MARKERS = "osD^vPX"
BAR = 0.3  #: inches per recipe


def ranking(path: Path, rows: Sequence[Row], tasks: Sequence[Row] = (), base: str = "none", title: str = "") -> None:
    """Draw a leaderboard's rows in their order, with the shares of modes held of its `tasks()` as dots.

    Real data stands at 1 as a line; the untreated GAN's share is a dotted line. Recipes without a rank are grey.
    """
    recipes = [row for row in rows if row["strategy"] not in UNTRAINED]
    if not recipes:
        raise BadData("no recipe to draw; a ranking needs at least one")
    order = {row["strategy"]: i for i, row in enumerate(recipes)}
    dots = [r for r in tasks if r["metric"] == "held" and r["mean"] is not None and r["strategy"] in order]
    names = list(dict.fromkeys(row["task"] for row in dots))
    with canvas(path, 7.6, len(recipes) * BAR + 0.95 + 0.2 * -(-len(names) // 4) + 0.25 * bool(title)) as figure:
        figure.set_layout_engine("constrained")
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=11.5)
        axes = figure.subplots()
        _frame(axes, recipes)
        _lines(axes, recipes, base)
        for i, row in enumerate(recipes):
            _bar(axes, i, row)
        for task, colour, marker in zip(names, PALETTE * len(names), MARKERS * len(names), strict=False):
            here = [(row["mean"], order[row["strategy"]] + 0.27) for row in dots if row["task"] == task]
            axes.plot(*zip(*here, strict=True), marker, color=colour, markersize=3.6, markeredgewidth=0, label=task)
        if names:
            figure.legend(loc="outside lower left", ncols=4, handletextpad=0.1, columnspacing=1.2)


def _frame(axes: Axes, recipes: Sequence[Row]) -> None:
    """Names on the left, numbers on the right, the scale of scores below."""
    axes.set(xlim=(-0.02, 1.04), ylim=(len(recipes) - 0.4, -0.6), xlabel="share of modes held")
    axes.set_yticks(range(len(recipes)), list(map(_name, recipes)), fontsize=8.5, color=INK)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    for x, text in ((1.03, "rank"), (1.13, "modes held [95 % interval]")):
        axes.annotate(text, (x, -0.55), annotation_clip=False, color=MUTED, fontsize=7.5, va="bottom")


def _lines(axes: Axes, recipes: Sequence[Row], base: str) -> None:
    """Where real data and the untreated GAN stand."""
    marks = [(1.0, "real data", "-"), *((row["held"], base, ":") for row in recipes if row["strategy"] == base)]
    for held, label, dash in marks:
        if held is not None:
            axes.axvline(held, color=MUTED, linewidth=1, linestyle=dash, zorder=1)
            side = "right" if held > 0.9 else "center"
            axes.annotate(label, (held, -0.55), ha=side, va="bottom", color=MUTED, fontsize=7.5)


def _bar(axes: Axes, y: int, row: Row) -> None:
    """One recipe's share with its interval, and both as text."""
    if row["held"] is None:
        return
    colour = MUTED if row["rank"] is None else INK
    if row["held_low"] is not None:
        axes.plot([row["held_low"], row["held_high"]], [y, y], color=colour, linewidth=1.8, solid_capstyle="butt")
    axes.plot(row["held"], y, "o", color=colour, markersize=5)
    text = interval(row["held"], row["held_low"], row["held_high"])
    look: dict[str, Any] = {"annotation_clip": False, "va": "center_baseline", "fontsize": 8, "color": colour}
    axes.annotate(place(row), (1.06, y), ha="center", **look)
    axes.annotate(text, (1.13, y), **look)


def _name(row: Row) -> str:
    """The recipe, and how many of its runs are finished if not all are."""
    return name(row) + (f"  ({done(row)} runs)" if row["failed"] or row["missing"] else "")
