"""The leaderboard as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import RunResult
from gancheck.errors import BadData
from gancheck.report.plots.ranking import ranking


def board() -> Leaderboard:
    def run(recipe: str, seed: int, score: float) -> RunResult:
        status = "skipped" if (recipe, seed) == ("part", 3) else "done"
        return RunResult(
            recipe, "ring/mlp", seed, status, {"modes": 1000 * score + seed}, {"modes": 1000.0}, 1.0, modes=1000
        )

    scores = {"none": 0.2, "good": 0.8, "part": 0.9}
    return Leaderboard([run(r, k, s) for r, s in scores.items() for k in range(15)], "quick", "1", {"modes": "higher"})


def test_ranking_shows_names_places_modes_held_and_tasks(tmp_path: Path) -> None:
    ranking(tmp_path / "a.svg", board().leaderboard(), board().tasks(), title="quick 1")
    text = (tmp_path / "a.svg").read_text()
    assert all(
        part in text
        for part in ("quick 1", "good", "0.81 [0.80, 0.81]", "real data", "ring/mlp", "share of modes held")
    )
    assert text.index(">good<") < text.index(">none<") < text.index(">part  (14/15 runs)<")


def test_ranking_works_without_intervals_and_without_tasks(tmp_path: Path) -> None:
    one = Leaderboard([RunResult("none", "ring/mlp", 0, "done", {"modes": 4.0}, {}, 1.0, modes=8)], "quick", "1", {})
    ranking(tmp_path / "a.svg", one.leaderboard())
    assert ">0.50<" in (tmp_path / "a.svg").read_text()


def test_nothing_to_draw_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="at least one"):
        ranking(tmp_path / "a.png", [])


def test_what_nobody_trained_is_no_recipe_and_blurred_ones_are_marked(tmp_path: Path) -> None:
    def run(recipe: str, seed: int, quality: float) -> RunResult:
        values, real = {"modes": 8.0, "quality": quality}, {"modes": 8.0, "quality": 1.0}
        beside = {"memoriser": {"modes": 8.0}, "blanket": {"modes": 8.0}}
        return RunResult(recipe, "ring/mlp", seed, "done", values, real, 1.0, modes=8, yardsticks=beside)

    results = [run(recipe, k, quality) for recipe, quality in (("none", 0.9), ("fog", 0.1)) for k in range(15)]
    made = Leaderboard(results, "quick", "1", {})
    ranking(tmp_path / "a.svg", made.leaderboard(), made.tasks())
    text = (tmp_path / "a.svg").read_text()
    assert text.index(">none<") < text.index(">fog (blurred)<")
    assert not any(f">{name}<" in text for name in ("real", "memoriser", "blanket"))
