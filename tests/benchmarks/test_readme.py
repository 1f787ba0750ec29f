"""What the README says is what was measured."""

from __future__ import annotations

import json

import polars as pl

from benchmarks.readme import QUICK, README, filled
from gancheck.catalogue import Catalogue
from gancheck.suite import Suite


def test_readme_shows_the_committed_results() -> None:
    text = README.read_text(encoding="utf-8")
    assert filled(text) == text, "run python -m benchmarks.readme"


def test_committed_board_is_that_of_the_quick_suite(catalogue: Catalogue) -> None:
    rows = pl.read_csv(QUICK / "leaderboard.csv").to_dicts()
    suite = Suite.load("quick", catalogue)
    assert {row["strategy"] for row in rows} == {*suite.recipes, "real"}
    assert {str(row["suite_version"]) for row in rows} == {suite.version}
    assert all(row["runs"] == len(suite.tasks) * suite.seeds for row in rows)


def test_machine_of_the_results_is_named() -> None:
    made = json.loads((QUICK / "machine.json").read_text(encoding="utf-8"))
    assert made["cpu"]
    assert made["torch"]
    assert made["verdict"]
