"""What stands under a board."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import RunResult
from gancheck.report.text.caption import caption_of, say_resolution
from gancheck.statistics.resolution import board_resolution

TASKS = ("grid/mlp", "ring/mlp", "rare/mlp", "digits/mlp")


def board(seeds: int = 5, recipes: int = 3, spread: float = 0.1) -> Leaderboard:
    rng = np.random.default_rng(0)
    results = [
        RunResult(f"r{i}", task, k, "done", {"modes": 8 * rng.uniform(0.5 - spread, 0.5 + spread)}, {}, 1.0, modes=8)
        for i in range(recipes)
        for task in TASKS
        for k in range(seeds)
    ]
    return Leaderboard(results, "quick", "1", {"modes": "higher"})


def test_line_names_runs_and_points_and_comes_from_the_boards_own_spread() -> None:
    made = board()
    points = 100 * (board_resolution(made.held_by_task("trained")) or 0)
    assert 3 < points < 20
    said = say_resolution(made)
    assert said.startswith(
        f"With 5 seeds on 4 tasks this board tells apart differences of about {points:.0f} points of"
    )
    assert (board(spread=0.3).resolution or 0) > (made.resolution or 1)


def test_ragged_seeds_are_counted_as_pairs() -> None:
    made = board()
    ragged = [run for run in made.results if (run.task, run.seed) != ("grid/mlp", 4)]
    assert say_resolution(Leaderboard(ragged, "quick", "1", {})).startswith("With 19 pairs of task and seed this board")


def test_so_many_recipes_that_nothing_can_be_seen_is_said() -> None:
    assert "sees hardly any difference" in say_resolution(board(seeds=4, recipes=60))


@pytest.mark.parametrize("made", [board(seeds=2), board(recipes=1)])
def test_nothing_is_claimed_where_nobody_is_ranked(made: Leaderboard) -> None:
    assert say_resolution(made) == ""
    assert made.resolution is None or len(made.recipes) == 1


def test_caption_holds_summary_resolution_and_rule() -> None:
    made = board()
    assert caption_of(made) == f"{made.summary()} {say_resolution(made)} {made.rule}"
    assert caption_of(board(seeds=2)).count("  ") == 0


def test_a_base_of_ones_own_is_not_called_tuned() -> None:
    made = replace(board(), base="r1")
    assert caption_of(made).endswith("Gains and costs are over r1.")
