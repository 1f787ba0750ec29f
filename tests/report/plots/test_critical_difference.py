"""The critical-difference diagram."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gancheck.report.plots.critical_difference import critical_difference
from gancheck.statistics.friedman import friedman


def test_diagram_names_every_recipe_with_its_rank_and_the_difference(tmp_path: Path) -> None:
    names = ["none", "r1", "rpgan+r1r2"]
    found = friedman(np.random.default_rng(0).normal(0, 0.1, (8, 3)) + np.array([0.0, 1.0, 2.0]))
    critical_difference(tmp_path / "a.svg", names, found, "quick 1", "p = 0.01")
    text = (tmp_path / "a.svg").read_text()
    assert all(part in text for part in ("quick 1", "p = 0.01", f"critical difference {found.difference:.2f}"))
    assert text.index("rpgan+r1r2  1.00") < text.index("r1  2.00") < text.index("3.00  none")


def test_recipes_that_all_tie_are_drawn(tmp_path: Path) -> None:
    critical_difference(tmp_path / "a.png", ["a", "b", "c"], friedman(np.ones((6, 3))))
    assert (tmp_path / "a.png").stat().st_size > 0
