"""The figures on whether the statistics hold: made from stored runs, and the page says what the tables say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from benchmarks.validity import false_wins as aa
from benchmarks.validity import runs
from benchmarks.validity.__main__ import RESULTS, main
from benchmarks.validity.coverage import rows_at
from benchmarks.validity.definitions import COLUMNS, budget, compare_orders, definitions
from benchmarks.validity.page import page
from benchmarks.validity.power import centre, seeds_needed, sees
from benchmarks.validity.stability import agreement, split
from gancheck.errors import StoreError
from gancheck.statistics.paired_tests import sign_flip

TASKS = ("grid/mlp", "rare/mlp", "travelling/mlp", "digits/mlp")


def made(table: str) -> list[dict[str, Any]]:
    return pl.read_csv(RESULTS / f"{table}.csv").to_dicts()


def noise(seeds: int, recipes: int = 1) -> runs.Scores:
    rng = np.random.default_rng(0)
    return {f"r{i}": {task: rng.uniform(0, 1, seeds) + i for task in TASKS} for i in range(recipes)}


def frame(recipes: dict[str, float], seeds: int = 2, steps: tuple[int, ...] = (50, 100)) -> pl.DataFrame:
    rows = [
        {"recipe": recipe, "task": task, "seed": seed, "status": "done", "step": step}
        | dict.fromkeys(COLUMNS, value * step / 100)
        for recipe, value in recipes.items()
        for task in TASKS
        for seed in range(seeds)
        for step in steps
    ]
    return pl.DataFrame(rows)


def test_page_says_what_the_tables_say() -> None:
    assert (runs.HERE / "README.md").read_text(encoding="utf-8") == page()


def test_orders_are_made_again_from_the_committed_runs() -> None:
    table = runs.whole_seeds(runs.kept("stability"))
    for name, rows in (("definitions", definitions(table)), ("budget", budget(table))):
        assert [row["tau"] for row in rows] == pytest.approx([row["tau"] for row in made(name)])


def test_strategies_that_are_the_same_win_on_at_most_five_in_a_hundred_boards() -> None:
    """The lower end of the interval, as boards are drawn at random."""
    assert all(row["low"] <= 0.05 for row in made("false-wins"))
    assert min(row["boards"] for row in made("false-wins")) >= 100


def test_names_of_a_board_share_no_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = {"ring/mlp": np.arange(30.0)}
    board = aa.draw_board(tasks, 6, 5, np.random.default_rng(0))
    drawn = np.concatenate([by_task["ring/mlp"] for by_task in board.values()])
    assert sorted(drawn) == list(range(30))
    monkeypatch.setattr(aa, "BOARDS", ((2, 5, 20), (20, 5, 20)))
    assert [row["names"] for row in aa.false_wins(noise(30), np.random.default_rng(0))] == [2]


def test_a_board_with_a_real_winner_would_be_counted() -> None:
    boards = [{f"name {i}": tasks for i, tasks in enumerate(noise(5, recipes=2).values())}] * 3
    row = aa.tally(2, 5, boards, np.random.default_rng(0))
    assert (row["false_boards"], row["false_comparisons"], row["one_test_alone"]) == (1, 1, 1)
    assert row["gains_without_zero"] == 1


def test_coverage_of_an_easy_population_is_about_its_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.validity.coverage.REPETITIONS", 200)
    monkeypatch.setattr("benchmarks.validity.coverage.DRAWS", 100)
    population = [np.random.default_rng(i).normal(size=500) for i in range(2)]
    truths = (float(np.mean(population)),) * 3
    rows = rows_at(5, population, truths, np.random.default_rng(0))
    assert rows[0]["coverage"] == pytest.approx(0.95, abs=0.05)
    assert rows[0]["coverage"] > rows[1]["coverage"] > 0.75


def test_t_form_of_the_test_decides_as_the_exact_one() -> None:
    draws = np.random.default_rng(1).normal(0.2, 0.3, (200, 20))
    exact = np.array([sign_flip([row]) <= 0.01 for row in draws])
    assert np.mean(exact != sees(draws, 0.01)) <= 0.03
    assert 0.2 < exact.mean() < 0.9


def test_too_few_pairs_and_no_difference_at_all_see_nothing() -> None:
    assert not sees(np.ones((1, 14)), 0.05).any()
    assert sees(np.ones((1, 15)), 0.05).all()
    assert not sees(np.zeros((1, 20)), 0.05).any()


def test_centred_noise_has_the_variance_of_the_seeds() -> None:
    values = np.random.default_rng(0).normal(size=10)
    assert centre(values).mean() == pytest.approx(0)
    assert centre(values).var() == pytest.approx(values.var(ddof=1))


def test_seeds_needed_are_the_fewest_with_enough_power() -> None:
    rows = [
        {"difference": d, "recipes": k, "seeds": n, "power": n * d / k}
        for d in (0.05, 0.1, 0.2)
        for k in (2, 12)
        for n in (5, 10, 20)
    ]
    found = {(row["recipes"], row["difference"]): row["seeds"] for row in seeds_needed(rows)}
    assert (found[2, 0.2], found[2, 0.1], found[12, 0.2]) == (10, 20, None)


def test_halves_of_a_split_share_no_seed_and_clear_orders_agree() -> None:
    scores = noise(10, recipes=4)
    first, second = split(scores, 5, np.random.default_rng(0))
    assert not set(first["r0"][TASKS[0]]) & set(second["r0"][TASKS[0]])
    assert agreement(first, second) == 1


def test_seeds_that_a_recipe_lacks_are_left_out() -> None:
    whole = frame({"none": 0.2, "r1": 0.5})
    part = whole.filter(~((pl.col("recipe") == "r1") & (pl.col("seed") == 1) & (pl.col("task") == TASKS[3])))
    assert runs.whole_seeds(whole).height == whole.height
    assert runs.whole_seeds(part)["seed"].unique().to_list() == [0]


def test_a_task_that_only_some_recipes_have_yet_leaves_no_whole_seed() -> None:
    part = frame({"none": 0.2, "r1": 0.5}).filter(~((pl.col("recipe") == "r1") & (pl.col("task") == TASKS[3])))
    with pytest.raises(StoreError, match="let the runs go on"):
        runs.whole_seeds(part)


def test_distances_rank_the_other_way_and_moves_are_counted() -> None:
    rows = {row["definition"]: row for row in definitions(frame({"none": 0.2, "r1": 0.5, "pacgan": 0.7}))}
    assert rows["half"]["first"] == "pacgan"
    assert rows["fid"]["first"] == "none"
    assert (rows["fid"]["tau"], rows["fid"]["most_moved"]) == (-1, 2)


def test_a_definition_that_failed_runs_lack_is_left_out() -> None:
    table = frame({"none": 0.2, "r1": 0.5}).with_columns(fid=pl.lit(None, dtype=pl.Float64))
    assert "fid" not in {row["definition"] for row in definitions(table)}


def test_budget_is_compared_at_equal_shares_of_the_training() -> None:
    rows = budget(frame({"none": 0.2, "r1": 0.5}))
    assert [row["budget"] for row in rows] == ["50% of the steps", "100% of the steps"]
    assert compare_orders({"a": {"x": 1.0, "y": 0.0}}, {"x": 0.0, "y": 1.0}, "what")[0]["tau"] == -1


def test_a_failed_run_is_kept_with_zeros_and_without_distances(run_of: Callable[..., Any]) -> None:
    (row,) = runs.rows_of(run_of("failed", []))
    assert (row["step"], row["held"], row["score"], row["fid"]) == (10, 0, 0, None)
    values = [{"kind": "value", "step": s, "metric": "modes", "value": 4.0, "real": 8.0} for s in (5, 10)]
    assert [(row["step"], row["held"]) for row in runs.rows_of(run_of("done", values))] == [(5, 0.5), (10, 0.5)]


def test_a_folder_without_runs_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--runs", str(tmp_path)]) == 2
    assert "no finished runs in" in capsys.readouterr().err


@pytest.fixture
def run_of() -> Callable[..., Any]:
    """A run as the store gives it, with ten steps and eight modes."""
    from gancheck.bench.run_spec import EvaluationSpec, PluginRecord, RunSpec, SuiteId, TrainingSpec
    from gancheck.bench.store import Run

    plugin = PluginRecord("mlp", {}, "s")
    training = TrainingSpec(1, "2", "cpu", "eager", plugin, plugin, [plugin], {"batch": 16}, {"steps": 10}, [0], 0)
    spec = RunSpec(
        suite=SuiteId("mine", "1"),
        task="ring/mlp",
        recipe="none",
        training=training,
        evaluation=EvaluationSpec(1, 100, {}, {}),
    )
    return lambda status, rows: Run(spec, rows, {"status": status, "modes": 8})
