"""Modes over training: when each recipe found them, and when it lost them again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter, MaxNLocator, NullLocator
from numpy.typing import NDArray

from gancheck.errors import BadData
from gancheck.report.plots.style import INK, MUTED, canvas, heading, line_styles

Array = NDArray[np.float64]


class Curve(NamedTuple):
    """One recipe on one task."""

    steps: Array  #: (t,) generator updates, or what else the axis says
    values: Array  #: (seeds, t); NaN where a seed has no value, which leaves a gap in the mean
    alarms: tuple[float, ...] = ()  #: steps to mark on the mean, such as the first alarm of every seed


class Axis(NamedTuple):
    """What runs from left to right."""

    label: str
    ticks: tuple[float, ...] = ()  #: where given, the axis is logarithmic and has these numbers alone


class Task(NamedTuple):
    """One panel."""

    title: str
    curves: Mapping[str, Curve]  #: by recipe
    best: float | None = None  #: what real data reaches, such as the number of modes
    axis: Axis = Axis("generator updates")
    mark: float | None = None  #: a height to draw a line at, such as one half


def curves(path: Path, tasks: Sequence[Task], label: str = "modes held", base: str = "none", title: str = "") -> None:
    """One panel per task: each recipe's mean over seeds, in a band from its lowest to its highest seed. A triangle on
    the mean stands where a seed had its first alarm.

    The untreated GAN (`base`) is black. Colours stand for the same recipe in every panel.
    """
    if not tasks:
        raise BadData("no task to draw; curves need at least one")
    names = list(dict.fromkeys(name for task in tasks for name in task.curves))
    looks = _looks(names, base)
    columns = 2 if len(tasks) == 4 else min(3, len(tasks))
    rows = math.ceil(len(tasks) / columns)
    legend = math.ceil(len(names) / _legend_columns(columns, names))
    with canvas(path, columns * 3.3 + 0.4, rows * 2.5 + 0.22 * legend + 0.5) as figure:
        figure.set_layout_engine("constrained", wspace=0.04, hspace=0.06)
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=11.5)
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, task in zip(grid, tasks, strict=False):
            _draw(axes, task, looks)
        for axes in grid[len(tasks) :]:
            axes.set_axis_off()
        figure.supylabel(label, fontsize=8.5)
        lines = [grid[0].plot([], [], **looks[name])[0] for name in names]
        figure.legend(lines, names, loc="outside lower left", ncols=_legend_columns(columns, names), handlelength=2.6)


def _draw(axes: Axes, task: Task, looks: Mapping[str, dict[str, Any]]) -> None:
    """One panel."""
    for name, curve in task.curves.items():
        colour = looks[name]["color"]
        axes.plot(curve.steps, curve.values.mean(axis=0), **looks[name])
        low, high = curve.values.min(axis=0), curve.values.max(axis=0)
        axes.fill_between(curve.steps, low, high, color=colour, alpha=0.1, linewidth=0)
        heights = np.interp(curve.alarms, curve.steps, curve.values.mean(axis=0))
        axes.plot(curve.alarms, heights, linestyle="", marker="v", markersize=4, color=colour)
    if task.best is not None:
        axes.axhline(task.best, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)
        axes.set_ylim(top=task.best * 1.06)
    heading(axes, task.title, room=38)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)
    axes.grid(axis="y")
    if task.mark is not None:
        axes.axhline(task.mark, color=MUTED, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=task.best is not None and task.best > 1))
    _scale(axes, task.axis)


def _scale(axes: Axes, axis: Axis) -> None:
    """The horizontal axis."""
    axes.set_xlabel(axis.label)
    if not axis.ticks:
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.xaxis.set_major_locator(MaxNLocator(5))
        return
    axes.set_xscale("log")
    axes.set_xticks(axis.ticks, [f"{tick:g}" for tick in axis.ticks])
    axes.xaxis.set_minor_locator(NullLocator())


def _looks(names: Sequence[str], base: str) -> dict[str, dict[str, Any]]:
    """How each recipe is drawn: the untreated GAN in black, the others by order."""
    others = [name for name in names if name != base]
    looks = dict(zip(others, line_styles(len(others)), strict=True))
    return {name: {"linewidth": 1.6, **looks.get(name, {"color": INK, "linestyle": "-"})} for name in names}


def _legend_columns(panels: int, names: Sequence[str]) -> int:
    """As many columns as the longest name leaves room for."""
    inches = 0.55 + 0.075 * max(map(len, names), default=0)
    return max(1, int((panels * 3.3 + 0.2) / inches))
