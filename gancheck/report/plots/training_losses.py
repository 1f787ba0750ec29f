"""Losses over a training, and the alarms above them, one row a detector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from gancheck.detectors.base import Alarm
from gancheck.report.plots.style import INK, MISSING, MUTED, PALETTE, canvas, heading, line_styles
from gancheck.report.plots.training_series import SMOOTH_FROM, Series, scale_steps, scale_values, smooth

COLOURS = {"fatal": MISSING, "warning": PALETTE[1], "notice": MUTED}  #: by severity
MOST = 14  #: rows of alarms; later detectors share a row
ROW = 0.2  #: inches


def draw_losses(path: Path, losses: Mapping[str, Series], alarms: Sequence[Alarm]) -> Path:
    """Every loss, faint, and smoothed; alarms as marks that go through it, with their names at the left."""
    rows = rows_of(alarms)
    strip = ROW * len(rows) + 0.1
    with canvas(path, 8.0, 3.9 + (strip if rows else 0)) as figure:
        figure.set_layout_engine("constrained", h_pad=0.05, hspace=0.0)
        if rows:
            top, axes = figure.subplots(2, sharex=True, height_ratios=(strip, 3.3))
            draw_alarms(top, rows, axes, span_of(losses, alarms)[1])
        else:
            axes = figure.subplots()
        draw_lines(axes, losses)
        axes.set_xlim(*span_of(losses, alarms))
        note = "faint: as kept; line: running mean" if any(map(is_long, losses.values())) else ""
        first = top if rows else axes
        heading(first, "Losses" + (" and alarms" if rows else ""), note, room=80)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=5)
    return path


def span_of(losses: Mapping[str, Series], alarms: Sequence[Alarm]) -> tuple[float, float]:
    """The first and the last step of losses and alarms."""
    steps = np.concatenate([[alarm.step for alarm in alarms], *(series.steps for series in losses.values())])
    return float(steps.min()), float(max(steps.max(), steps.min() + 1))


def draw_lines(axes: Axes, losses: Mapping[str, Series]) -> None:
    """The losses; crosses at the upper edge stand where one is not finite."""
    for (name, series), look in zip(losses.items(), line_styles(len(losses)), strict=True):
        finite = np.isfinite(series.values)
        shown = np.where(finite, series.values, np.nan)
        if is_long(series):
            axes.plot(series.steps, shown, color=look["color"], linewidth=0.6, alpha=0.3)
            shown = smooth(series.values)
        axes.plot(series.steps, shown, linewidth=1.5, label=name, **look)
        if not finite.all():
            label = f"{name} is not finite"
            top = axes.get_xaxis_transform()
            bad = series.steps[~finite]
            axes.plot(bad, np.full(len(bad), 0.97), "x", color=MISSING, markersize=4, transform=top, label=label)
    scale_values(axes, np.concatenate([series.values for series in losses.values()]))
    axes.grid(axis="y")
    axes.set_ylabel("loss")
    scale_steps(axes)


def is_long(series: Series) -> bool:
    """Whether a curve is smoothed."""
    return len(series.values) >= SMOOTH_FROM


def rows_of(alarms: Sequence[Alarm]) -> dict[str, list[Alarm]]:
    """The alarms of every detector, in the order of their first one; the last row holds those beyond the most."""
    rows: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        is_new = alarm.detector not in rows and len(rows) >= MOST - 1
        rows.setdefault("others" if is_new else alarm.detector, []).append(alarm)
    return rows


def draw_alarms(top: Axes, rows: Mapping[str, Sequence[Alarm]], below: Axes, last: float) -> None:
    """A row a detector: a mark where it was raised, a bar until it was over, and a line through the losses."""
    for place, alarms in enumerate(rows.values()):
        for alarm in alarms:
            colour = COLOURS[alarm.severity]
            end = min(last, alarm.recovered if alarm.recovered is not None else last)
            top.plot([alarm.step, end], [place, place], color=colour, linewidth=2.6, alpha=0.35, solid_capstyle="butt")
            filled = "none" if alarm.part_of else colour
            top.plot(alarm.step, place, "o", color=colour, markerfacecolor=filled, markersize=4.5, clip_on=False)
            below.axvline(alarm.step, color=colour, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
            top.plot([alarm.step] * 2, [place, len(rows)], color=colour, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    top.set_yticks(range(len(rows)), list(rows))
    top.set_ylim(len(rows) - 0.4, -0.6)
    top.tick_params(axis="both", length=0, labelbottom=False)
    top.tick_params(axis="y", labelcolor=INK)
    top.spines[:].set_visible(False)
