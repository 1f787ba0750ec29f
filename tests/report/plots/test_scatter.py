"""The scatter marks what is missing and hides nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from gancheck.errors import BadData
from gancheck.report.plots.scatter import Panel, scatter
from gancheck.report.plots.style import MISSING

CENTRES = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
REAL = CENTRES.repeat(50, axis=0)


def missing_pixels(path: Path, captured: list[bool]) -> int:
    scatter(path, REAL, [Panel("none", REAL, np.array(captured), 0.5)], CENTRES)
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), float) / 255
    return int((np.abs(pixels - to_rgb(MISSING)).max(axis=2) < 0.05).sum())


def test_every_missing_mode_has_its_circle(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert missing_pixels(path, [True] * 4) == 0
    one, two = missing_pixels(path, [True, False, True, True]), missing_pixels(path, [True, False, False, True])
    assert one > 20
    assert two == pytest.approx(2 * one, rel=0.1)


def test_title_gives_recipe_modes_and_quality(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    scatter(path, REAL, [Panel("pacgan(m=4)", REAL, np.arange(4) < 3, 0.734)], CENTRES, "ring/mlp")
    text = path.read_text()
    assert all(part in text for part in ("ring/mlp", "pacgan(m=4)", "3 of 4 modes · quality 0.73", "real data"))


def test_samples_out_of_view_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    stray = np.concatenate([REAL[:60], np.full((20, 2), 99.0), np.full((20, 2), np.nan)])
    scatter(path, REAL, [Panel("none", stray)])
    assert "40% of samples lie outside" in path.read_text()


def test_points_with_more_dimensions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="none: a scatter needs points"):
        scatter(tmp_path / "a.png", REAL, [Panel("none", np.zeros((5, 3)))])


def test_mask_must_fit_the_centres(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="one entry per centre"):
        scatter(tmp_path / "a.png", REAL, [Panel("none", REAL, np.ones(3, bool))], CENTRES)
