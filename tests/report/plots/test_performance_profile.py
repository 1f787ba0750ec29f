"""Performance profiles as a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gancheck.errors import BadData
from gancheck.report.plots.performance_profile import performance_profiles


def test_recipes_are_named_by_falling_area_and_the_band_is_explained(tmp_path: Path) -> None:
    recipes = {"none": [np.full(5, 0.2)], "middling": [np.full(5, 0.5)], "good": [np.full(5, 0.9)]}
    performance_profiles(tmp_path / "a.svg", recipes, title="quick 1")
    text = (tmp_path / "a.svg").read_text()
    assert text.index(">good<") < text.index(">middling<") < text.index(">none<")
    assert "each threshold for itself" in text


def test_a_board_without_the_untreated_gan_is_drawn(tmp_path: Path) -> None:
    performance_profiles(tmp_path / "a.png", {"r1": [np.ones(3), np.zeros(3)]})
    assert (tmp_path / "a.png").exists()


def test_nothing_to_draw_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="at least one"):
        performance_profiles(tmp_path / "a.png", {})
