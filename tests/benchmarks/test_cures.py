"""What is said of the cures is what their committed run shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from benchmarks.strategies import page
from benchmarks.strategies.results import compare
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import UNTRAINED, RunResult
from gancheck.bench.suite_file import load_suite
from gancheck.plugins.registry import Registry


def boards() -> list[dict[str, Any]]:
    return [row for path in page.RESULTS.glob("leaderboard*.csv") for row in pl.read_csv(path).to_dicts()]


def test_committed_boards_are_of_the_present_suite_and_whole(registry: Registry) -> None:
    suite = load_suite("cures", registry)
    assert {row["strategy"] for row in boards()} == {*suite.recipes, *UNTRAINED}
    assert all(row["runs"] == len(suite.tasks) * suite.seeds for row in boards())
    assert {str(row["suite_version"]) for row in boards()} == {suite.version}


def test_tasks_are_those_of_quick(registry: Registry) -> None:
    quick = {task.name: task for task in load_suite("quick", registry).tasks}
    for task in load_suite("cures", registry).tasks:
        assert (task.dataset, task.gan, task.settings) == (
            quick[task.name].dataset,
            quick[task.name].gan,
            quick[task.name].settings,
        )
        assert task.budget.steps == quick[task.name].budget.steps


@pytest.mark.parametrize("control", ["saturating", "truncation", "instance-selection"])
def test_no_negative_control_is_shown_to_hold_more_modes(control: str) -> None:
    rows = {row["strategy"]: row for row in pl.read_csv(page.RESULTS / "against-untreated.csv").to_dicts()}
    assert rows[control]["p_more"] > 0.05


def result(recipe: str, seed: int, held: float) -> RunResult:
    values = {"modes": 8 * held, "quality": 1.0}
    return RunResult(recipe, "ring/mlp", seed, "done", values, {"modes": 8.0, "quality": 1.0}, 1.0, modes=8)


def test_a_recipe_is_told_from_the_untreated_gan_where_all_pairs_say_so() -> None:
    seeds = range(12)
    wins = [result("better", seed, 1.0) for seed in seeds]
    plain = [result("none", seed, 0.5) for seed in seeds]
    same = [result("same", seed, 0.5 + 0.125 * (-1) ** seed) for seed in seeds]
    board = Leaderboard([*wins, *plain, *same], "mine", "1", {"modes": "higher", "quality": "higher"})
    rows = {row["strategy"]: row for row in compare(board)}
    assert rows["better"]["gain"] == pytest.approx(0.5)
    assert rows["better"]["p_more"] == pytest.approx(4 * 2.0**-12)  # Holm: the smallest of four tests
    assert rows["better"]["p_fewer"] == 1
    assert rows["same"]["p_more"] > 0.5
    assert np.isclose(rows["same"]["gain"], 0)
