"""How well a training does: learning curves, and what of the data a generator still covers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from gancheck.report.plots.style import INK, MUTED, PALETTE, canvas, heading
from gancheck.report.plots.training_series import SMOOTH_FROM, Series, scale_steps, scale_values, smooth

TRAIN, HELD_OUT = PALETTE[0], PALETTE[1]
NAMES = {TRAIN: "training", HELD_OUT: "held out", INK: "as logged"}
MOST = 9  #: panels
FEW = 60  #: numbers up to which each is marked


def draw_learning_curves(path: Path, curves: Mapping[str, Series]) -> Path:
    """A panel a loss or metric: on training data, and on held-out data."""
    panels = panels_of(curves)
    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    with canvas(path, max(4.2, 3.1 * columns), 2.6 * rows + 0.35) as figure:
        figure.set_layout_engine("constrained")
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, (name, pair) in zip(grid, panels.items(), strict=False):
            draw_panel(axes, name, pair)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        used = [colour for colour in NAMES if any(colour in pair for pair in panels.values())]
        lines = [grid[0].plot([], [], color=colour)[0] for colour in used]
        figure.legend(lines, [NAMES[colour] for colour in used], loc="outside lower left", ncols=3)
    return path


def panels_of(curves: Mapping[str, Series]) -> dict[str, dict[str, Series]]:
    """Name of a panel -> colour -> its curves; losses first."""
    panels: dict[str, dict[str, Series]] = {}
    for name, series in sorted(curves.items(), key=lambda pair: not pair[0].endswith("loss")):
        plain = name.removeprefix("metric_")
        is_held_out = plain.startswith("val_")
        panels.setdefault(plain.removeprefix("val_"), {})[HELD_OUT if is_held_out else TRAIN] = series
    alone = {n: {INK: p[TRAIN]} for n, p in panels.items() if list(p) == [TRAIN]}  # logged of whatever data
    return dict(list((panels | alone).items())[:MOST])


def draw_panel(axes: Axes, name: str, pair: Mapping[str, Series]) -> None:
    """One loss or metric; the best number on held-out data has a ring."""
    for colour, series in pair.items():
        draw_line(axes, series, colour)
    scale_values(axes, np.concatenate([series.values for series in pair.values()]))
    shown = pair.get(HELD_OUT)
    note = ring(axes, shown, name.endswith("loss")) if shown is not None else ""
    heading(axes, name.replace("_", " "), note, room=34)
    axes.grid(axis="y")
    axes.margins(x=0.02)
    scale_steps(axes)


def draw_line(axes: Axes, series: Series, colour: str) -> None:
    """A curve, smoothed where it has many numbers, and with a dot for each where it has few."""
    values = np.where(np.isfinite(series.values), series.values, np.nan)
    if len(values) > 5 * SMOOTH_FROM:
        axes.plot(series.steps, values, color=colour, linewidth=0.6, alpha=0.25)
        values = smooth(values)
    mark = "." if len(values) <= FEW else ""
    axes.plot(series.steps, values, color=colour, linewidth=1.4, marker=mark, markersize=4)


def ring(axes: Axes, series: Series, lowest: bool) -> str:
    """Mark the best number; gives a note on it."""
    values = np.where(np.isfinite(series.values), series.values, np.nan)
    if np.isnan(values).all():
        return "held out: never finite"
    best = int(np.nanargmin(values) if lowest else np.nanargmax(values))
    axes.plot(series.steps[best], values[best], "o", color=HELD_OUT, markersize=7, markerfacecolor="none")
    return f"ring: best held out, {values[best]:.4g} at step {series.steps[best]:,.0f}"


def draw_collapse(path: Path, measured: Mapping[str, Series]) -> Path:
    """Diversity, modes and coverage; 1 is what real data has."""
    with canvas(path, 8.0, 3.4) as figure:
        figure.set_layout_engine("constrained")
        axes = figure.subplots()
        axes.axhline(1, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        for (name, series), colour in zip(measured.items(), PALETTE, strict=False):
            draw_line(axes, series, colour)
            axes.plot([], [], color=colour, label=name.replace("_", " "))
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        axes.margins(x=0.01)
        heading(axes, "What samples still cover", "dotted: real data", room=80)
        scale_steps(axes)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=4)
    return path
