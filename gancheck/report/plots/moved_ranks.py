"""How ranks move from default to tuned parameters: modes held on both tracks with intervals, a line a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from gancheck.report.plots.style import canvas, heading, line_styles
from gancheck.system.tables import Row

TRACKS = (("default", ""), ("tuned", "tuned_"))  #: name, and what its columns begin with
APART = 0.04  #: between the recipes' points, so that their intervals can be seen


def draw_moved_ranks(rows: Sequence[Row], path: Path) -> None:
    """Draw the rows of a `TrackComparison` to a .png or .svg; one without a number on a track has no point there."""
    with canvas(path, 6.8, 3.4) as figure:
        axes = figure.subplots()
        for place, (row, style) in enumerate(zip(rows, line_styles(len(rows)), strict=True)):
            draw_recipe(axes, row, APART * (place - (len(rows) - 1) / 2), style)
        axes.set(xlim=(-0.3, 1.3), ylim=(-0.02, 1.02), ylabel="modes held")
        axes.set_xticks([0, 1], [name for name, _ in TRACKS])
        axes.yaxis.grid(True)
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
        heading(axes, "Default and tuned parameters", "bars: 95 % intervals; in brackets the rank on both boards")
        figure.tight_layout()


def draw_recipe(axes: Axes, row: Row, shift: float, style: dict[str, Any]) -> None:
    """One recipe's modes held on both tracks, with intervals where they are known."""
    known = [(x + shift, prefix) for x, (_, prefix) in enumerate(TRACKS) if row[f"{prefix}held"] is not None]
    values = [row[f"{prefix}held"] for _, prefix in known]
    ranks = " to ".join(str(row[f"{prefix}rank"] or "not ranked") for _, prefix in TRACKS)
    axes.plot([x for x, _ in known], values, marker="o", markersize=4, label=f"{row['strategy']} ({ranks})", **style)
    for x, prefix in known:
        if row[f"{prefix}held_low"] is not None:
            axes.vlines(x, row[f"{prefix}held_low"], row[f"{prefix}held_high"], color=style["color"], linewidth=1)
