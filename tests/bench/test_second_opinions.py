"""Second opinions beside the board's own numbers."""

from __future__ import annotations

import numpy as np
import pytest

from gancheck.bench.second_opinions import OPINION_COLUMNS, opinion_rows
from gancheck.statistics.intervals import stratified_t


def scores(tasks: int = 4, seeds: int = 5) -> dict[str, dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    means = {"poor": 0.2, "good": 0.8, "middling": 0.5}
    return {r: {f"t{t}": rng.uniform(m - 0.1, m + 0.1, seeds) for t in range(tasks)} for r, m in means.items()}


def test_rows_stand_in_the_boards_order_and_repeat_its_numbers() -> None:
    table = scores()
    rows = opinion_rows(table, np.random.default_rng(0))
    assert [row["strategy"] for row in rows] == ["good", "middling", "poor"]
    assert all(tuple(row) == OPINION_COLUMNS for row in rows)
    assert tuple(rows[0][c] for c in OPINION_COLUMNS[1:4]) == stratified_t(list(table["good"].values()))


def test_bootstrap_and_interquartile_mean_lie_about_the_mean() -> None:
    for row in opinion_rows(scores(), np.random.default_rng(0)):
        assert row["bootstrap_low"] < row["held"] < row["bootstrap_high"]
        assert row["iqm_low"] <= row["iqm"] <= row["iqm_high"]
        assert row["iqm"] == pytest.approx(row["held"], abs=0.05)


def test_mean_ranks_begin_at_six_tasks() -> None:
    few, many = (opinion_rows(scores(tasks), np.random.default_rng(0)) for tasks in (5, 6))
    assert [row["mean_rank"] for row in few] == [None] * 3
    assert [row["mean_rank"] for row in many] == [1, 2, 3]


def test_no_complete_recipe_gives_no_rows() -> None:
    assert opinion_rows({}, np.random.default_rng(0)) == []
