"""What the README and docs/ say is what was measured."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from benchmarks.readme import LADDER, MARKER, PAGES, QUICK, fill_page, parts
from gancheck.bench.run_result import UNTRAINED
from gancheck.bench.suite_file import load_suite
from gancheck.plugins.registry import Registry


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_shows_the_committed_results(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert fill_page(text, page) == text, "run python -m benchmarks.readme"


def test_every_generated_part_stands_on_one_page() -> None:
    found = Counter(name for page in PAGES for name in MARKER.findall(page.read_text(encoding="utf-8")))
    assert found == Counter(dict.fromkeys(parts(), 1))


def test_part_is_renewed_with_links_that_start_at_its_page() -> None:
    text = "before\n<!-- leaderboard -->\nold\n<!-- /leaderboard -->\nafter\n"
    shown = {page: fill_page(text, page) for page in PAGES[:2]}
    for page, new in shown.items():
        assert new.startswith("before\n<!-- leaderboard -->\n| rank |")
        assert new.endswith("\n<!-- /leaderboard -->\nafter\n")
        place = new.partition("[benchmarks/results/quick](")[2].partition(")")[0]
        assert (page.parent / place / "leaderboard.csv").is_file()


@pytest.mark.parametrize("folder", [QUICK, LADDER], ids=lambda folder: folder.name)
def test_committed_board_is_that_of_the_present_suite(folder: Path, registry: Registry) -> None:
    rows = pl.read_csv(folder / "leaderboard.csv").to_dicts()
    suite = load_suite(folder.name, registry)
    assert {row["strategy"] for row in rows} == {*suite.recipes, *UNTRAINED}
    assert {str(row["suite_version"]) for row in rows} == {suite.version}
    assert all(row["runs"] == len(suite.tasks) * suite.seeds for row in rows)


def test_untreated_gan_collapses_in_half_of_its_runs_of_the_quick_suite() -> None:
    """Else the board could not tell who cures it."""
    rows = pl.read_csv(QUICK / "leaderboard.csv").to_dicts()
    assert next(row["collapse_rate"] for row in rows if row["strategy"] == "none") >= 0.5


def test_every_recipe_of_the_ladder_has_a_breaking_point_on_every_knob(registry: Registry) -> None:
    suite, rows = load_suite("ladder", registry), pl.read_csv(LADDER / "ladder.csv").to_dicts()
    readings = {(row["strategy"], row["knob"]): row["reading"] for row in rows}
    assert set(readings) == {(recipe, task.knob) for recipe in suite.recipes for task in suite.tasks}
    assert all(readings.values())
    assert len(rows) == len(suite.recipes) * len(suite.tasks)


def test_machine_of_the_results_is_named() -> None:
    made = json.loads((QUICK / "machine.json").read_text(encoding="utf-8"))
    assert made["cpu"]
    assert made["torch"]
    assert made["verdict"]
