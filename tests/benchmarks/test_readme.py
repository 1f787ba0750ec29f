"""What the README says is what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from benchmarks.readme import LADDER, QUICK, README, filled
from gancheck.catalogue import Catalogue
from gancheck.result import UNTRAINED
from gancheck.suite import Suite


def test_readme_shows_the_committed_results() -> None:
    text = README.read_text(encoding="utf-8")
    assert filled(text) == text, "run python -m benchmarks.readme"


@pytest.mark.parametrize("folder", [QUICK, LADDER], ids=lambda folder: folder.name)
def test_committed_board_is_that_of_the_present_suite(folder: Path, catalogue: Catalogue) -> None:
    rows = pl.read_csv(folder / "leaderboard.csv").to_dicts()
    suite = Suite.load(folder.name, catalogue)
    assert {row["strategy"] for row in rows} == {*suite.recipes, *UNTRAINED}
    assert {str(row["suite_version"]) for row in rows} == {suite.version}
    assert all(row["runs"] == len(suite.tasks) * suite.seeds for row in rows)


def test_untreated_gan_collapses_in_half_of_its_runs_of_the_quick_suite() -> None:
    """Else the board could not tell who cures it."""
    rows = pl.read_csv(QUICK / "leaderboard.csv").to_dicts()
    assert next(row["collapse_rate"] for row in rows if row["strategy"] == "none") >= 0.5


def test_every_recipe_of_the_ladder_has_a_breaking_point_on_every_knob(catalogue: Catalogue) -> None:
    suite, rows = Suite.load("ladder", catalogue), pl.read_csv(LADDER / "ladder.csv").to_dicts()
    readings = {(row["strategy"], row["knob"]): row["reading"] for row in rows}
    assert set(readings) == {(recipe, task.knob) for recipe in suite.recipes for task in suite.tasks}
    assert all(readings.values())
    assert len(rows) == len(suite.recipes) * len(suite.tasks)


def test_machine_of_the_results_is_named() -> None:
    made = json.loads((QUICK / "machine.json").read_text(encoding="utf-8"))
    assert made["cpu"]
    assert made["torch"]
    assert made["verdict"]
