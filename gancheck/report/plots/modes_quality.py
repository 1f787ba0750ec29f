"""The first picture of a board: how many modes a recipe holds, against how good its samples are."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from gancheck.errors import BadData
from gancheck.report.plots.style import FAKE, INK, MUTED, canvas

Range = tuple[float | None, float | None]

#: Where a name is tried: right and left of its dot, then a little lower and higher, and further.
NUDGES = [(side, sign * step) for step in range(12) for sign in (-1, 1) for side in (1, -1)]
DOT = 14.0  #: pixels that a dot takes up
STEP = 9.0  #: points between two tries


class Point(NamedTuple):
    """One recipe, both numbers from 0 to 1."""

    name: str
    held: float
    held_range: Range
    quality: float
    quality_range: Range
    colour: str = FAKE
    marker: str = "o"


def modes_quality(path: Path, points: Sequence[Point], title: str = "", note: str = "") -> None:
    """Draw every recipe with both intervals; up and to the right is better, and only both together are good."""
    if not points:
        raise BadData("no recipe to draw; the picture needs at least one with modes and quality")
    with canvas(path, 7.6, 5.6) as figure:
        figure.set_layout_engine("constrained")
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=11.5)
        axes = figure.subplots()
        axes.set(xlim=(-0.02, 1.05), ylim=(-0.02, 1.06), xlabel="quality: share of good samples")
        axes.set_ylabel("share of modes held")
        axes.grid(True)
        for point in points:
            _cross(axes, point)
        figure.supxlabel(textwrap.fill(note, 118), x=0.01, ha="left", color=MUTED, fontsize=7.5)
        page: Any = FigureCanvasAgg(figure)
        page.draw()  # names are placed where there is room, which is only known once the rest is drawn
        _names(axes, points, page.get_renderer())


def _cross(axes: Axes, point: Point) -> None:
    """A dot, and its two intervals."""
    look: dict[str, Any] = {"color": point.colour, "linewidth": 1.1, "alpha": 0.7, "solid_capstyle": "butt"}
    (left, right), (low, high) = point.quality_range, point.held_range
    if left is not None and right is not None:
        axes.plot([left, right], [point.held, point.held], **look)
    if low is not None and high is not None:
        axes.plot([point.quality, point.quality], [low, high], **look)
    axes.plot(point.quality, point.held, point.marker, color=point.colour, markersize=6, zorder=3)


def _names(axes: Axes, points: Sequence[Point], renderer: Any) -> None:
    """Names beside the dots, each in the first place where it covers neither a dot nor another name."""
    middles = axes.transData.transform([(p.quality, p.held) for p in points])
    taken = [Bbox.from_bounds(x - DOT / 2, y - DOT / 2, DOT, DOT) for x, y in middles]
    for point in sorted(points, key=lambda p: (-p.held, p.name)):
        for side, step in NUDGES:
            text = _name(axes, point, side, step)
            text.update_positions(renderer)
            box = Text.get_window_extent(text, renderer)  # of the name alone, without its line
            if not any(box.overlaps(other) for other in taken):
                break
            text.remove()
        else:  # no room anywhere: better on top of another than not at all
            text = _name(axes, point, 1, 0)
            text.update_positions(renderer)
            box = Text.get_window_extent(text, renderer)
        taken.append(box)


def _name(axes: Axes, point: Point, side: int, step: int) -> Annotation:
    """The name at one place, with a thin line back to its dot where it stands apart."""
    offset = (side * (7 + 4 * (step != 0)), STEP * step)
    look: dict[str, Any] = {"color": INK if point.colour == FAKE else point.colour, "fontsize": 8, "va": "center"}
    look["bbox"] = {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.6}  # to be read across the intervals
    line = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.5} if step else None
    return axes.annotate(
        point.name,
        (point.quality, point.held),
        offset,
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        arrowprops=line,
        **look,
    )
