"""Learning curves of a cross-validation: training and validation loss of every fold, and its alarms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter, MaxNLocator

from gancheck.monitor.cross_validation.fold import FoldResult
from gancheck.report.plots.style import MISSING, MUTED, canvas, heading, line_styles
from gancheck.report.plots.training_series import scale_values

TITLES = ("training loss", "validation loss")


def draw(folds: Sequence[FoldResult], title: str, folder: Path) -> list[Path]:
    """Write `folds.png` into a folder: one panel for each loss that was seen, one line a fold."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "folds.png"
    looks = line_styles(len(folds))
    with canvas(path, 8.4, 3.4) as figure:
        figure.set_layout_engine("constrained", wspace=0.04)
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=11)
        panels = figure.subplots(1, 2, sharey=True)
        for axes, name in zip(panels, TITLES, strict=True):
            draw_panel(axes, name, folds)
        losses = [(fold.loss.finite.values, fold.val_loss.finite.values) for fold in folds]
        scale_values(panels[0], np.concatenate([values for both in losses for values in both]))
        lines = [panels[0].plot([], [], **look)[0] for look in looks]
        labels = [f"fold {fold.number}: {fold.error:.3g}" for fold in folds]
        figure.legend(lines, labels, loc="outside lower left", ncols=min(5, len(folds)), handlelength=2.6)
    return [path]


def draw_panel(axes: Axes, name: str, folds: Sequence[FoldResult]) -> None:
    """One loss of all folds; a line up at every alarm of its own accord."""
    for fold, look in zip(folds, line_styles(len(folds)), strict=True):
        curve = (fold.loss if name == TITLES[0] else fold.val_loss).finite
        axes.plot(curve.steps, curve.values, linewidth=1.2, **look)
        for alarm in (alarm for alarm in fold.alarms if not alarm.part_of):
            axes.axvline(alarm.step, color=MISSING, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
    heading(axes, name, "" if axes.lines else "not logged")
    axes.set_xlabel("step", color=MUTED)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="y")
