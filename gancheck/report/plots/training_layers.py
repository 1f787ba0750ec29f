"""Gradients and updates of every layer over a training."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from gancheck.report.plots.style import GRID, MISSING, MUTED, PALETTE, canvas, heading
from gancheck.report.plots.training_series import Array, LayerSeries, scale_steps

ROWS = 45  #: layers that get their name; of more, some do
COLUMNS = 600  #: steps that are drawn, evenly chosen
NAME = 34  #: letters of a layer's name
BAND = (1e-4, 1e-2)  #: in which a step's change over the weights usually lies
MAP = "viridis"


def draw_gradients(path: Path, layers: LayerSeries) -> Path:
    """A heat map, a row a layer from the input (top) to the output; zeros and what is not finite in colours of their
    own."""
    steps, values = thinned(layers)
    height = max(1.7, 0.2 * min(len(layers.names), ROWS))
    with canvas(path, 8.0, height + 1.2) as figure:
        figure.set_layout_engine("constrained")
        axes = figure.subplots()
        positive = values[np.isfinite(values) & (values > 0)]
        low, high = (positive.min(), positive.max()) if len(positive) else (1e-12, 1.0)
        norm = LogNorm(max(low, high * 1e-12), max(high, low * 1.01))
        shown = np.ma.masked_where(~(np.isfinite(values) & (values > 0)), values)
        axes.set_facecolor(GRID)
        mesh = axes.pcolormesh(edges(steps), np.arange(len(values) + 1), shown, norm=norm, cmap=MAP)
        figure.colorbar(mesh, ax=axes, label="root mean square of the gradient", pad=0.01)
        note = mark(axes, steps, values)
        axes.invert_yaxis()
        name_rows(axes, layers.names)
        heading(axes, "Gradients by layer, from the input to the output", note, room=80)
        scale_steps(axes)
    return path


def mark(axes: Axes, steps: Array, values: Array) -> str:
    """Rows of zeros and of numbers that are not finite in colours of their own; gives a note that explains them."""
    said = []
    bad = np.isinf(values)
    for where, colour, name in ((values == 0, "#ffffff", "white: zero"), (bad, MISSING, "red: not finite")):
        if where.any():
            mask = np.ma.masked_where(~where, np.ones_like(values))
            paint = matplotlib.colors.ListedColormap([colour])
            axes.pcolormesh(edges(steps), np.arange(len(values) + 1), mask, cmap=paint, vmin=0, vmax=2)
            said.append(name)
    return ", ".join([*said, *(["grey: not measured, or not a number"] if np.isnan(values).any() else [])])


def draw_updates(path: Path, layers: LayerSeries) -> Path:
    """A line a layer, on a logarithmic scale, and the band in which healthy ones usually lie."""
    with canvas(path, 8.0, 3.8) as figure:
        figure.set_layout_engine("constrained")
        axes = figure.subplots()
        axes.axhspan(*BAND, color=PALETTE[2], alpha=0.1, linewidth=0)
        for values, colour in zip(layers.values, colours(len(layers.names)), strict=True):
            axes.plot(layers.steps, np.where(values > 0, values, np.nan), color=colour, linewidth=1.1)
        axes.set_yscale("log")
        axes.set_ylim(*reach(layers.values))
        axes.grid(axis="y")
        axes.margins(x=0.01)
        axes.set_ylabel("change of a step over the weights")
        explain(figure, axes, layers.names)
        heading(axes, "Updates by layer", "band: 0.0001 to 0.01, where most healthy trainings are", room=80)
        scale_steps(axes)
    return path


def explain(figure: Figure, axes: Axes, names: list[str]) -> None:
    """Which colour is which layer: a legend, or the depth where they are many."""
    looks = colours(len(names))
    if len(names) <= len(PALETTE):
        lines = [axes.plot([], [], color=colour)[0] for colour in looks]
        figure.legend(lines, [short(n) for n in names], loc="outside lower left", ncols=3, handlelength=1.4)
        return
    bar = figure.colorbar(ScalarMappable(Normalize(1, len(names)), MAP), ax=axes, pad=0.01, label="layer, by depth")
    bar.set_ticks([1, len(names)], labels=["first", f"last of {len(names)}"])


def colours(count: int) -> list[object]:
    """One colour a layer: few are told apart by hue, many by depth."""
    if count <= len(PALETTE):
        return list(PALETTE[:count])
    return list(matplotlib.colormaps[MAP](np.linspace(0, 1, count)))


def reach(values: Array) -> tuple[float, float]:
    """What the axis must show: the band, and all numbers above a trillionth of the largest."""
    positive = values[np.isfinite(values) & (values > 0)]
    high = max(BAND[1] * 3, float(positive.max()) * 1.5 if len(positive) else 0)
    low = float(positive.min()) / 1.5 if len(positive) else BAND[0]
    return max(min(BAND[0] / 3, low), high * 1e-12), high


def thinned(layers: LayerSeries) -> tuple[Array, Array]:
    """Steps and values of at most so many columns, evenly chosen."""
    kept = np.unique(np.linspace(0, len(layers.steps) - 1, min(COLUMNS, len(layers.steps))).astype(int))
    return layers.steps[kept], layers.values[:, kept]


def edges(steps: Array) -> Array:
    """Between steps, and as far beyond the ends."""
    middle = (steps[1:] + steps[:-1]) / 2
    made: Array = np.concatenate([[2 * steps[0] - middle[0]], middle, [2 * steps[-1] - middle[-1]]])
    return made


def name_rows(axes: Axes, names: list[str]) -> None:
    """The layers' names beside their rows; every second, third, ... where they are many."""
    every = -(-len(names) // ROWS)
    places = range(0, len(names), every)
    axes.set_yticks([place + 0.5 for place in places], [short(names[place]) for place in places])
    axes.tick_params(axis="y", length=0, labelcolor=MUTED)


def short(name: str) -> str:
    """A layer's name, its end kept where it is long."""
    return name if len(name) <= NAME else f"\N{HORIZONTAL ELLIPSIS}{name[1 - NAME :]}"
