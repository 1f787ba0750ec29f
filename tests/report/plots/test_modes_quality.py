"""Modes held against quality: every recipe is there, named and readable."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from gancheck.errors import BadData
from gancheck.report.plots.modes_quality import Point, modes_quality

ALONE = Point("r1", 0.5, (0.4, 0.6), 0.8, (0.7, 0.9), "#123456")


def drawn(path: Path, *points: Point) -> str:
    modes_quality(path / "a.svg", points, "quick 1", "ranked by modes held")
    return (path / "a.svg").read_text()


def strokes(text: str) -> list[list[tuple[float, float]]]:
    """Ends of the lines in the colour of `ALONE`."""
    paths = re.findall(r'<path d="([^"]*)"[^>]*stroke: #123456; stroke-opacity', text)
    return [[(float(x), float(y)) for x, y in re.findall(r"[ML] (\S+) (\S+)", path)] for path in paths]


def test_names_title_axes_and_rule_are_readable(tmp_path: Path) -> None:
    text = drawn(tmp_path, ALONE, Point("none", 0.1, (None, None), 0.9, (None, None)))
    said = ("r1", "none", "quick 1", "ranked by modes held", "share of modes held", "quality: share of good samples")
    assert all(f">{part}<" in text for part in said)


def test_an_interval_is_a_line_across_and_one_up(tmp_path: Path) -> None:
    (left, right), (low, high) = strokes(drawn(tmp_path, ALONE))
    assert left[1] == right[1]
    assert low[0] == high[0] == pytest.approx((left[0] + right[0]) / 2, abs=0.01)
    assert left[1] == pytest.approx((low[1] + high[1]) / 2, abs=0.01)
    assert right[0] > left[0]
    assert high[1] < low[1]  # up on the page


def test_a_number_without_bounds_has_no_line(tmp_path: Path) -> None:
    assert len(strokes(drawn(tmp_path, ALONE._replace(held_range=(None, None))))) == 1
    assert strokes(drawn(tmp_path, ALONE._replace(held_range=(None, None), quality_range=(None, None)))) == []


def test_recipes_at_one_place_have_names_that_do_not_cover_each_other(tmp_path: Path) -> None:
    points = [Point(f"recipe-{i}", 0.5, (None, None), 0.5, (None, None)) for i in range(8)]
    text = drawn(tmp_path, *points)
    places = re.findall(r"<text[^>]*?(?:x=\"|translate\()([\d.]+)[\s\"]+(?:y=\")?([\d.]+)[^>]*>recipe-\d<", text)
    assert len(places) == 8
    sides: dict[float, list[float]] = {}
    for x, y in places:
        sides.setdefault(float(x), []).append(float(y))
    gaps = [b - a for ys in map(sorted, sides.values()) for a, b in pairwise(ys)]
    assert min(gaps) > 7


def test_more_recipes_than_there_is_room_for_are_all_named(tmp_path: Path) -> None:
    points = [Point(f"recipe-{i:02}", 0.5, (None, None), 0.5, (None, None)) for i in range(40)]
    assert len(re.findall(r">recipe-\d\d<", drawn(tmp_path, *points))) == 40


def test_nothing_to_draw_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="at least one"):
        modes_quality(tmp_path / "a.png", [])
