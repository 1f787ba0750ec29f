"""Samples beside data: one panel per recipe, on one scale, with the modes that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from gancheck.errors import BadData
from gancheck.report.plots.grid import Tiles
from gancheck.report.plots.style import FAKE, INK, MISSING, MUTED, REAL, bare, canvas, heading
from gancheck.system.counts import say_count

Array = NDArray[np.float64]
POINTS = 2_500  #: drawn per panel; more only blacken the modes
KEY = ", red circle: a mode that is not held"


class Panel(NamedTuple):
    """The samples of one recipe."""

    title: str
    samples: Array  #: (n, 2)
    captured: NDArray[np.bool_] | None = None  #: (K,) which modes are held
    quality: float | None = None  #: share of high-quality samples


class Window(NamedTuple):
    """The square that all panels show."""

    centre: Array  #: (2,)
    half: float

    def inside(self, points: Array) -> Array:
        """The points in the square; what is not finite is outside."""
        return points[(np.abs(points - self.centre) <= self.half).all(axis=1)]


def scatter(path: Path, real: Array, panels: Sequence[Panel], centres: Array | None = None, title: str = "") -> None:
    """Draw the real points (m, 2), then every panel over a shadow of them.

    A mode of `centres` (K, 2) that a panel has not captured gets a hollow red circle. Samples outside the window are
    counted, not drawn. Panels are drawn in the given order; the caller chooses the seed, such as the median one.
    """
    _check(real, panels, centres)
    window = _window(real, centres)
    tiles = Tiles(len(panels) + 1)
    with canvas(path, *tiles.size) as figure:
        tiles.captions(figure, title, "grey: real data, blue: generated" + (KEY if centres is not None else ""))
        first, *others = tiles.axes(figure)
        shown = say_count(len(real), "point") if centres is None else say_count(len(centres), "mode")
        _frame(first, window, "real data", shown)
        _dots(first, window.inside(real), INK)
        for axes, panel in zip(others, panels, strict=True):
            _draw(axes, window, real, panel, centres)


def _draw(axes: Axes, window: Window, real: Array, panel: Panel, centres: Array | None) -> None:
    """One recipe's panel."""
    seen = window.inside(panel.samples)
    _frame(axes, window, panel.title, _note(panel))
    _dots(axes, window.inside(real), REAL)
    _dots(axes, seen, FAKE)
    if centres is not None and panel.captured is not None:
        lost = centres[~panel.captured]
        size = np.clip(2600 / len(centres), 8, 110)  # points^2, so that neighbours do not overlap on dense grids
        axes.scatter(lost[:, 0], lost[:, 1], s=size, facecolors="none", edgecolors=MISSING, linewidths=1.1, zorder=4)
    outside = 1 - len(seen) / max(len(panel.samples), 1)
    if outside >= 0.005:
        text = f"{outside:.0%} of samples lie outside"
        axes.annotate(text, (0.975, 0.025), xycoords="axes fraction", ha="right", color=MUTED, fontsize=7)


def _frame(axes: Axes, window: Window, title: str, note: str) -> None:
    low, high = window.centre - window.half, window.centre + window.half
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    bare(axes)
    heading(axes, title, note, room=27)


def _dots(axes: Axes, points: Array, colour: str) -> None:
    shown = points[:POINTS]
    axes.scatter(shown[:, 0], shown[:, 1], s=2.2, c=colour, alpha=0.55, linewidths=0)


def _note(panel: Panel) -> str:
    """`23 of 25 modes · quality 0.93`, of what is known."""
    parts = []
    if panel.captured is not None:
        parts.append(f"{int(panel.captured.sum())} of {say_count(panel.captured.size, 'mode')}")
    if panel.quality is not None:
        parts.append(f"quality {panel.quality:.2f}")
    return " · ".join(parts)


def _window(real: Array, centres: Array | None) -> Window:
    """A square around real data with a margin, in which stray samples show as well."""
    points = real if centres is None else np.concatenate([real, centres])
    low, high = points.min(axis=0), points.max(axis=0)
    return Window((low + high) / 2, float((high - low).max()) / 2 * 1.25 or 1.0)


def _check(real: Array, panels: Sequence[Panel], centres: Array | None) -> None:
    for name, points in [("real data", real), *((panel.title, panel.samples) for panel in panels)]:
        if points.ndim != 2 or points.shape[1] != 2:
            raise BadData(f"{name}: a scatter needs points (n, 2), not {points.shape}; project them first")
    for panel in panels:
        if panel.captured is not None and (centres is None or len(panel.captured) != len(centres)):
            raise BadData(f"{panel.title}: `captured` needs one entry per centre")
