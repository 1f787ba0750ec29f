"""Default against tuned: the pairs are those of task and seed, and folders of something else are refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import RunResult
from gancheck.bench.tuning.track_comparison import COLUMNS, TrackComparison, read_tuned_recipes
from gancheck.errors import BadData, StoreError
from gancheck.report.plots.moved_ranks import draw_moved_ranks
from gancheck.system.files import write_text


def board(**held: float) -> Leaderboard:
    """A recipe -> its share of modes, in 20 seeds that differ a little."""
    results = [
        RunResult(
            recipe,
            "ring/mlp",
            seed,
            "done",
            {"modes": 8 * share + seed % 2 / 4, "quality": 0.9},
            {"modes": 8.0, "quality": 1.0},
            1.0,
            modes=8,
        )
        for recipe, share in held.items()
        for seed in range(20)
    ]
    return Leaderboard(results, "mine", "1", {"modes": "higher", "quality": "higher"})


@pytest.fixture
def comparison() -> TrackComparison:
    tuned = {"none": "none", "r1": "tuned_r1", "gone": "nowhere"}
    return TrackComparison(tuned, board(none=0.3, r1=0.2), board(none=0.3, tuned_r1=0.5))


def test_ranks_and_paired_gains_stand_side_by_side(comparison: TrackComparison) -> None:
    rows = {row["strategy"]: row for row in comparison.rows()}
    assert (rows["r1"]["rank"], rows["r1"]["tuned_rank"]) == (2, 1)
    assert rows["r1"]["gain"] == pytest.approx(0.3)
    assert rows["r1"]["gain_low"] == pytest.approx(rows["r1"]["gain_high"])  # the seeds' differences are paired away
    assert (rows["none"]["gain"], rows["none"]["pairs"]) == (0, 20)
    assert set(rows) == {"none", "r1"}  # what stands on one board only has nothing to compare


def test_the_table_and_the_picture_are_written(comparison: TrackComparison, tmp_path: Path) -> None:
    assert tuple(pl.read_csv(comparison.write(tmp_path)).columns) == COLUMNS
    draw_moved_ranks(comparison.rows(), tmp_path / "moves.png")
    assert (tmp_path / "moves.png").stat().st_size > 5_000


def test_boards_without_a_common_recipe_are_refused() -> None:
    with pytest.raises(BadData, match="same seeds"):
        TrackComparison({"a": "b"}, board(none=0.3), board(none=0.3)).rows()


def test_folders_of_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no tuning\.csv"):
        TrackComparison.read(tmp_path, tmp_path, tmp_path)
    write_text(tmp_path / "tuning.csv", "strategy,tuned\nnone,none\n")
    with pytest.raises(StoreError, match="no results folder"):
        TrackComparison.read(tmp_path, tmp_path, tmp_path)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "strategy\nr1\n", "\0\0", "strategy,tuned\nr1,r2,r3\n", '"' * 999])
def test_a_table_that_tuning_has_not_written_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "tuning.csv").write_text(text)
    with pytest.raises(StoreError, match="is not what gancheck tune has written"):
        read_tuned_recipes(tmp_path / "tuning.csv")
