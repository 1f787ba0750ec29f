"""Where the modes went: for every task and recipe, which modes are held, thin or lost, seed by seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from numpy.typing import NDArray

from gancheck.errors import BadData
from gancheck.report.plots.style import FAKE, MISSING, MUTED, canvas, heading

Array = NDArray[np.float64]
THIN, LOST = 0.5, 0.1  #: parts of a mode's own share under which it is thin, and lost
COLOURS = {
    "lost: under a tenth of its share": MISSING,
    "held, but thin: under a half": "#9ecae1",
    "held: a half of its share or more": FAKE,
}
MANY = 60  #: modes from which on each seed's are sorted, as single ones can no longer be seen
ROW = 0.26  #: inches per recipe


class Fates(NamedTuple):
    """One panel."""

    title: str
    shares: Mapping[str, Array]  #: recipe -> (seeds, K) share of every mode over its share in real data


def mode_fates(path: Path, tasks: Sequence[Fates], title: str = "") -> None:
    """One panel per task and one band per recipe: a column per mode, a thin row per seed, coloured by what it holds."""
    if not tasks or not all(task.shares for task in tasks):
        raise BadData("no runs to draw; the picture needs at least one task with one recipe")
    columns = 2 if len(tasks) == 4 else min(3, len(tasks))
    rows = math.ceil(len(tasks) / columns)
    tallest = max(len(task.shares) for task in tasks)
    with canvas(path, 1.1 + columns * 2.9, rows * (tallest * ROW + 0.55) + 0.65) as figure:
        figure.set_layout_engine("constrained", wspace=0.03, hspace=0.05)
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=11.5)
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for place, (axes, task) in enumerate(zip(grid, tasks, strict=False)):
            _draw(axes, task)
            if place % columns and _same_rows(task, tasks[place - 1]):
                axes.set_yticklabels([])  # they stand to the left
        for axes in grid[len(tasks) :]:
            axes.set_axis_off()
        patches = [Patch(color=colour, label=label) for label, colour in reversed(COLOURS.items())]
        figure.legend(handles=patches, loc="outside lower left", ncols=3, handlelength=1)


def _same_rows(one: Fates, other: Fates) -> bool:
    """Whether two panels have the same bands at the same heights."""
    bands = [[(recipe, len(shares)) for recipe, shares in task.shares.items()] for task in (one, other)]
    return bands[0] == bands[1]


def _draw(axes: Axes, task: Fates) -> None:
    """One panel."""
    bands = [statuses(shares) for shares in task.shares.values()]
    height, modes = max(len(band) for band in bands), bands[0].shape[1]
    picture = np.full((len(bands) * (height + 1) - 1, modes), np.nan)
    for i, band in enumerate(bands):
        picture[i * (height + 1) : i * (height + 1) + len(band)] = band
    colours = ListedColormap(list(COLOURS.values()))
    axes.imshow(picture, aspect="auto", interpolation="nearest", cmap=colours, vmin=0, vmax=2)
    middles = [i * (height + 1) + (len(band) - 1) / 2 for i, band in enumerate(bands)]
    axes.set_yticks(middles, list(task.shares), fontsize=7.5)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    order = "modes, held ones first" if modes > MANY else "modes, one column each"
    axes.set_xlabel(f"{modes:,} {order}; a row per seed", fontsize=7.5, color=MUTED)
    heading(axes, task.title, room=30)


def statuses(shares: Array) -> Array:
    """(seeds, K) 2 for held, 1 for held but thin, 0 for lost; many modes are sorted within each seed."""
    made: Array = (shares >= LOST).astype(float) + (shares >= THIN)
    return made if shares.shape[1] <= MANY else -np.sort(-made, axis=1)
