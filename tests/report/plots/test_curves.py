"""Curves over training."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from gancheck.errors import BadData
from gancheck.report.plots.curves import Axis, Curve, Task, curves
from gancheck.report.plots.style import INK, MUTED, PALETTE, line_styles

STEPS = np.arange(6) * 1000.0


def test_untreated_gan_is_black_and_recipes_keep_their_colour_in_every_panel(tmp_path: Path) -> None:
    flat = Curve(STEPS, np.ones((2, 6)))
    curves(tmp_path / "a.svg", [Task("a", {"none": flat, "r1": flat}, 8), Task("b", {"r1": flat}, 8)])
    text = (tmp_path / "a.svg").read_text()
    solid = [line for line in text.splitlines() if "stroke-width: 1.6" in line]
    assert sum(INK in line for line in solid) == 2  # one panel and the legend
    assert sum(PALETTE[0] in line for line in solid) == 3  # two panels and the legend


def test_seed_without_a_value_leaves_a_gap(tmp_path: Path) -> None:
    values = np.ones((2, 6))
    values[0, 2:4] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        curves(tmp_path / "gap.svg", [Task("a", {"r1": Curve(STEPS, values)})])
    line = next(x for x in (tmp_path / "gap.svg").read_text().split("<path") if "stroke-width: 1.6" in x)
    assert line.count("M ") == 2


def test_twenty_recipes_have_twenty_looks() -> None:
    assert len({str(style) for style in line_styles(20)}) == 20


def test_nothing_to_draw_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="at least one"):
        curves(tmp_path / "a.png", [])


def test_levels_stand_under_a_logarithmic_axis_as_they_are(tmp_path: Path) -> None:
    line, levels = Curve(np.array([2.0, 3.0, 7.0]), np.ones((2, 3))), (2.0, 3.0, 7.0)
    curves(tmp_path / "a.svg", [Task("side", {"r1": line}, 1.0, Axis("level", levels))])
    text = (tmp_path / "a.svg").read_text()
    assert all(f">{part}<" in text for part in ("level", "2", "3", "7"))
    drawn = next(x for x in text.split("<path") if "stroke-width: 1.6" in x)
    x = [float(part.split()[1]) for part in drawn.split('d="')[1].split('"')[0].strip().splitlines()]
    assert (x[1] - x[0]) / (x[2] - x[0]) == pytest.approx(np.log(3 / 2) / np.log(7 / 2), abs=1e-3)


def test_a_mark_is_a_line_across_the_panel(tmp_path: Path) -> None:
    flat = Curve(STEPS, np.ones((2, 6)))
    plain, marked = tmp_path / "a.svg", tmp_path / "b.svg"
    for path, mark in ((plain, None), (marked, 0.5)):
        curves(path, [Task("a", {"r1": flat}, 1.0, mark=mark)])
    dashed = [
        path.read_text().count(f"stroke-dasharray: 3.2,1.6; stroke-dashoffset: 0; stroke: {MUTED}")
        for path in (plain, marked)
    ]
    assert dashed == [0, 1]


def test_alarms_are_triangles_on_the_mean(tmp_path: Path) -> None:
    drawn = []
    for name, alarms in (("plain", ()), ("marked", (500.0, 2_500.0))):
        curves(tmp_path / f"{name}.svg", [Task("a", {"r1": Curve(STEPS, np.ones((2, 6)), alarms)}, 1.0)])
        drawn.append((tmp_path / f"{name}.svg").read_text().count("<use "))
    assert drawn[1] == drawn[0] + 2
