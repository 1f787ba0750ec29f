"""The board: statuses, missing cells, ratios and files, as a reader of leaderboard.csv would notice them."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from gancheck.bench.alarm_tables import ALARM_COLUMNS, STATE_COLUMNS
from gancheck.bench.leaderboard import COLUMNS, Leaderboard
from gancheck.bench.run_result import RunResult, Status
from gancheck.detectors.base import Alarm
from gancheck.errors import BadData
from gancheck.system.tables import Row

BETTER = {"score": "higher", "modes": "higher", "quality": "higher", "spread": "higher", "fid": "lower"}
REAL = {"score": 1.0, "modes": 8.0, "quality": 0.99, "spread": 1.0, "fid": 0.1, "diversity": 0.98}
TASKS = ("grid/mlp", "ring/mlp", "spiral/mlp")
EFFECT = {"none": 0.3, "good": 0.8, "twin": 0.8, "poor": 0.1}


def result(recipe: str, task: str, seed: int, score: float, status: Status = "done", **changes: object) -> RunResult:
    """A run that holds this share of eight modes, and scores as much."""
    values = {
        "score": score,
        "modes": 8 * score,  # not whole, so that no two recipes tie
        "quality": 0.9,
        "spread": 0.8,
        "fid": 2 - score,
        "diversity": score,
    }
    run = RunResult(recipe, task, seed, status, values if status == "done" else {}, REAL, 10.0, modes=8)
    return replace(run, **changes)  # type: ignore[arg-type]


def grid(change: Callable[[RunResult], RunResult | None] = lambda run: run, seeds: int = 5) -> list[RunResult]:
    """Four recipes on three tasks; a run's luck differs between recipes by up to 0.02."""
    luck = np.random.default_rng(0).uniform(0, 0.02, (4, 3, seeds))
    runs = [
        result(recipe, task, seed, EFFECT[recipe] + float(luck[i, j, seed]))
        for i, recipe in enumerate(EFFECT)
        for j, task in enumerate(TASKS)
        for seed in range(seeds)
    ]
    return [changed for run in runs if (changed := change(run)) is not None]


def board(results: list[RunResult], **options: object) -> Leaderboard:
    return Leaderboard(results, "quick", "1", BETTER, date="2026-01-01", **options)  # type: ignore[arg-type]


def row(results: list[RunResult], recipe: str, **options: object) -> Row:
    return next(r for r in board(results, **options).leaderboard() if r["strategy"] == recipe)


def failing(recipe: str, status: Status, seed: int = 0) -> Callable[[RunResult], RunResult]:
    def change(run: RunResult) -> RunResult:
        hit = run.recipe == recipe and run.task == TASKS[0] and run.seed == seed
        return replace(run, status=status, reason="it went wrong") if hit else run

    return change


def test_columns_are_those_of_the_design() -> None:
    assert ",".join(COLUMNS) == (
        "rank,rank_low,rank_high,strategy,held,held_low,held_high,held_gain,held_gain_low,held_gain_high,"
        "effective_modes,blurred,held_quarter,held_half,spread,score,score_low,score_high,gain,gain_low,gain_high,"
        "collapse_rate,collapse_low,collapse_high,modes,quality,fid_ratio,diversity,p_best,cost_ratio,"
        "alarms,first_alarm,runs,failed,missing,suite,suite_version,gancheck,date"
    )
    assert all(tuple(row) == COLUMNS for row in board(grid()).leaderboard())


def test_recipes_stand_by_modes_held_and_twins_share_the_first_place() -> None:
    rows = board(grid()).leaderboard()
    assert [r["strategy"] for r in rows][2:] == ["none", "poor", "real"]
    assert [(r["rank"], r["rank_low"], r["rank_high"]) for r in rows] == [
        (1, 1, 2),
        (1, 1, 2),
        (3, 3, 3),
        (4, 4, 4),
        (None, None, None),
    ]
    assert [r["p_best"] > 0.05 for r in rows[:-1]] == [True, True, False, False]


def test_modes_held_and_score_are_means_over_tasks_of_seed_means_with_their_intervals() -> None:
    """Two tasks with the same spread: pooled t interval, here with equal variances so that Welch is exact."""
    scores = {"a": [0.2, 0.3, 0.4], "b": [0.5, 0.6, 0.7]}
    runs = [result("none", task, seed, s) for task, all_ in scores.items() for seed, s in enumerate(all_)]
    low, high = stats.ttest_ind(scores["b"], [-s for s in scores["a"]]).confidence_interval()
    found = row(runs, "none")
    for name in ("held", "score"):
        shown = (found[name], found[f"{name}_low"], found[f"{name}_high"])
        assert shown == pytest.approx((0.45, low / 2, high / 2)), name


def test_gain_is_the_paired_difference_to_the_untreated_gan() -> None:
    found, base = row(grid(), "good"), row(grid(), "none")
    for name, gain in (("held", "held_gain"), ("score", "gain")):
        assert found[gain] == pytest.approx(found[name] - base[name])
        assert [base[c] for c in (gain, f"{gain}_low", f"{gain}_high")] == [0, 0, 0]


def test_without_an_untreated_gan_there_is_no_gain_and_no_ratio() -> None:
    found = row(grid(), "good", base="absent")
    assert [found[c] for c in ("held_gain", "gain", "gain_low", "fid_ratio", "cost_ratio")] == [None] * 5


@pytest.mark.parametrize("status", ["diverged", "failed", "timeout"])
def test_run_that_came_to_nothing_holds_and_scores_zero_and_stays_in_the_ranking(status: Status) -> None:
    whole, hurt = row(grid(), "good"), row(grid(failing("good", status)), "good")
    lost = next(r.score for r in grid() if r.recipe == "good") or 0
    for name in ("held", "score"):
        assert hurt[name] == pytest.approx(whole[name] - lost / 15), name
    assert (hurt["runs"], hurt["failed"], hurt["missing"]) == (15, 1, 0)
    assert hurt["rank"] is not None
    assert hurt["collapse_rate"] == pytest.approx(1 / 15)
    assert hurt["modes"] < whole["modes"]


def test_failed_run_leaves_no_frechet_distance_to_average() -> None:
    assert row(grid(failing("good", "diverged")), "good")["fid_ratio"] is None
    assert row(grid(failing("none", "diverged")), "good")["fid_ratio"] is not None


@pytest.mark.parametrize("status", ["skipped", "missing"])
def test_incomplete_recipe_is_listed_below_the_ranked_ones(status: Status) -> None:
    rows = board(grid(failing("good", status))).leaderboard()
    assert [r["strategy"] for r in rows] == ["twin", "none", "poor", "good", "real"]
    assert [rows[3][c] for c in ("rank", "p_best", "runs", "missing")] == [None, None, 14, 1]
    assert rows[0]["rank_high"] == 1


def test_cell_that_only_others_have_counts_as_missing() -> None:
    absent = grid(lambda run: None if run.recipe == "good" and run.task == TASKS[1] else run)
    assert row(absent, "good")["missing"] == 5
    assert row(absent, "good")["rank"] is None
    tasks = [r for r in board(absent).tasks() if (r["strategy"], r["task"]) == ("good", TASKS[1])]
    assert {(r["mean"], r["missing"], r["n"]) for r in tasks} == {(None, 5, 0)}


def test_nan_is_not_averaged_but_makes_the_recipe_incomplete() -> None:
    def change(run: RunResult) -> RunResult:
        return (
            replace(run, values={**run.values, "modes": float("nan")}) if (run.recipe, run.seed) == ("good", 0) else run
        )

    found = row(grid(change), "good")
    assert found["rank"] is None
    assert found["held"] == pytest.approx(0.81, abs=0.01)


def test_too_few_seeds_are_shown_but_not_ranked() -> None:
    few = board(grid(seeds=2))
    assert {r["rank"] for r in few.leaderboard()} == {None}
    assert [r["strategy"] for r in few.leaderboard()][2:] == ["none", "poor", "real"]
    assert few.summary().startswith("Not ranked: 6 pairs")


def test_one_seed_has_numbers_without_bounds() -> None:
    found = row(grid(seeds=1), "good")
    assert found["score"] is not None
    assert found["held"] is not None
    ends = ("held_low", "held_high", "held_gain_low", "score_low", "score_high", "gain_low", "gain_high")
    assert [found[c] for c in ends] == [None] * 7


@pytest.mark.parametrize(
    ("modes", "spread", "rate"), [(3, 0.8, 1), (4, 0.8, 0), (8, 0.09, 1), (8, 0.1, 0), (None, None, None)]
)
def test_collapse_is_under_half_the_modes_or_hardly_any_spread(
    modes: float | None, spread: float | None, rate: float | None
) -> None:
    runs = grid(lambda run: replace(run, values={**run.values, "modes": modes, "spread": spread}))
    assert row(runs, "good")["collapse_rate"] == rate


def test_modes_are_a_share_of_each_tasks_modes() -> None:
    runs = [
        result("none", "ring/mlp", 0, 1.0, values={"score": 1.0, "modes": 6.0}),
        result("none", "big/mlp", 0, 1.0, values={"score": 1.0, "modes": 250.0}, modes=1000),
    ]
    found = row(runs, "none")
    assert found["held"] == found["modes"] == pytest.approx((6 / 8 + 0.25) / 2)


def test_fid_and_cost_ratios_are_geometric_means_over_tasks() -> None:
    def change(run: RunResult) -> RunResult:
        factor = {"grid/mlp": 2.0, "ring/mlp": 4.0, "spiral/mlp": 8.0}[run.task] if run.recipe == "good" else 1.0
        return replace(run, values={**run.values, "fid": 3 * factor}, seconds=(1 + run.seed) * factor)

    found = row(grid(change), "good")
    assert found["fid_ratio"] == pytest.approx(4.0)
    assert found["cost_ratio"] == pytest.approx(4.0)


def test_metric_that_one_task_does_not_have_is_averaged_over_the_others_for_all() -> None:
    def change(run: RunResult) -> RunResult:
        return replace(run, values={**run.values, "quality": None if run.task == TASKS[0] else 0.5})

    assert {r["quality"] for r in board(grid(change)).leaderboard()[:-1]} == {0.5}


def test_one_value_that_is_lacking_leaves_the_mean_empty_instead_of_flattering() -> None:
    def change(run: RunResult) -> RunResult:
        lacking = run.recipe == "good" and run.task == TASKS[0] and run.seed == 0
        return replace(run, values={**run.values, "quality": None, "fid": None}) if lacking else run

    found = row(grid(change), "good")
    assert (found["quality"], found["fid_ratio"]) == (None, None)
    assert row(grid(change), "twin")["quality"] == pytest.approx(0.9)


@pytest.mark.parametrize("recipe", ["none", "good"])
def test_frechet_distance_of_zero_has_no_ratio(recipe: str) -> None:
    runs = grid(lambda run: replace(run, values={**run.values, "fid": 0.0}) if run.recipe == recipe else run)
    assert row(runs, "good")["fid_ratio"] is None


def test_seconds_of_a_run_that_stopped_early_do_not_make_it_cheap() -> None:
    def change(run: RunResult) -> RunResult:
        early = run.recipe == "good" and run.seed < 3
        return replace(run, status="diverged", seconds=0.1) if early else run

    assert row(grid(change), "good")["cost_ratio"] == pytest.approx(1)


def test_bounds_of_modes_held_and_score_stay_between_zero_and_one() -> None:
    runs = [result("none", "ring/mlp", seed, score) for seed, score in enumerate((0.0, 0.0, 1.0, 1.0))]
    assert [row(runs, "none")[c] for c in ("held_low", "held_high", "score_low", "score_high")] == [0, 1] * 2


def test_gain_is_over_the_cells_that_both_have() -> None:
    whole, found = row(grid(), "good"), row(grid(failing("none", "skipped")), "good")
    for name, gain in (("held", "held_gain"), ("score", "gain")):
        assert found[gain] == pytest.approx(0.5, abs=0.02)
        assert found[gain] != whole[gain]
        assert found[name] == whole[name]


def test_real_row_is_last_unranked_and_perfect_by_definition() -> None:
    real = board(grid()).leaderboard()[-1]
    shown = {
        c: real[c]
        for c in ("strategy", "rank", "held", "held_low", "score", "score_low", "diversity", "modes", "p_best")
    }
    assert shown == {
        **{"strategy": "real", "rank": None, "held": 1, "held_low": 1, "score": 1, "score_low": 1, "diversity": 1},
        **{"modes": 1, "p_best": None},
    }
    assert (real["cost_ratio"], real["blurred"]) == (None, False)
    assert real["quality"] == pytest.approx(0.99)
    assert real["fid_ratio"] < 0.1


def test_oracles_have_their_own_table_and_their_gain_is_to_the_same_base(tmp_path: Path) -> None:
    runs = grid(lambda run: replace(run, kind="oracle") if run.recipe == "good" else run)
    board(runs).write(tmp_path)
    own, main = (pl.read_csv(tmp_path / name) for name in ("leaderboard-oracle.csv", "leaderboard.csv"))
    assert own["strategy"].to_list() == ["good", "real"]
    assert own["held_gain"][0] == own["gain"][0] == pytest.approx(0.5, abs=0.02)
    assert "good" not in main["strategy"].to_list()
    assert not (tmp_path / "leaderboard-sampling.csv").exists()
    board(grid()).write(tmp_path)
    assert not (tmp_path / "leaderboard-oracle.csv").exists()


def test_verdict_counts_the_pairs_that_are_told_apart() -> None:
    assert board(grid()).summary().startswith("5 of the 6 pairs of recipes are told apart")


def test_verdict_says_when_nothing_is_told_apart() -> None:
    twins = [r for r in grid() if r.recipe in ("good", "twin")]
    assert board(twins).summary() == "No two of the 2 recipes are told apart at 15 pairs of task and seed."


def test_verdict_says_when_there_is_nothing_to_compare() -> None:
    assert "nothing to compare" in board([r for r in grid() if r.recipe == "none"]).summary()
    assert "nothing to compare" in board([]).summary()


def test_tasks_give_every_metric_with_its_real_value_and_statuses() -> None:
    rows = board(grid(failing("good", "timeout"))).tasks()
    found = next(r for r in rows if (r["task"], r["strategy"], r["metric"]) == (TASKS[0], "good", "fid"))
    assert [found[c] for c in ("better", "n", "real", "done", "timeout")] == ["lower", 4, pytest.approx(0.1), 4, 1]
    assert len(rows) == len(TASKS) * len(EFFECT) * 7


def test_same_runs_in_any_order_give_the_same_files(tmp_path: Path) -> None:
    runs = grid(failing("good", "diverged"))
    board(runs).write(tmp_path / "a")
    random.Random(0).shuffle(runs)
    board(runs).write(tmp_path / "b")
    names = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert names == ["leaderboard.csv", "results.parquet", "second-opinions.csv", "tasks.csv"]
    assert all((tmp_path / "a" / n).read_bytes() == (tmp_path / "b" / n).read_bytes() for n in names)


def test_parquet_keeps_every_value_and_every_failed_run(tmp_path: Path) -> None:
    runs = grid(failing("good", "diverged"))
    board(runs).write(tmp_path)
    table = pl.read_parquet(tmp_path / "results.parquet")
    lost = table.filter(pl.col("status") == "diverged")
    assert lost["value"].null_count() == len(lost) > 0
    assert lost["reason"].unique().to_list() == ["it went wrong"]
    kept = table.filter(strategy="none", task=TASKS[0], seed=0, metric="score")["value"].to_list()
    assert kept == [runs[0].values["score"]]


def test_unknown_numbers_are_empty_in_the_csv(tmp_path: Path) -> None:
    last = board(grid()).write(tmp_path).read_text().splitlines()[-1]
    assert last.startswith(",,,real,1.0,1.0,1.0,")
    assert "nan" not in last.lower()


def test_board_without_runs_is_a_header(tmp_path: Path) -> None:
    assert board([]).write(tmp_path).read_text() == ",".join(COLUMNS) + "\n"


def test_two_results_for_one_cell_are_refused() -> None:
    with pytest.raises(BadData, match="two results for none on grid/mlp, seed 0"):
        board([*grid(), grid()[0]]).leaderboard()


def test_board_does_not_import_torch() -> None:
    code = "import sys, gancheck.bench.leaderboard; sys.exit('torch' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_interval_of_a_metric_stays_inside_its_range() -> None:
    values = [0.0, 0.0, 1.0]
    results = [RunResult("none", "ring/mlp", seed, "done", {"recall": v}, {}, 1.0) for seed, v in enumerate(values)]
    free = Leaderboard(results, "quick", "1", {"recall": "higher"}).tasks()
    cut = Leaderboard(results, "quick", "1", {"recall": "higher"}, {"recall": (0.0, 1.0)}).tasks()
    wide, narrow = (next(row for row in rows if row["metric"] == "recall") for rows in (free, cut))
    assert wide["low"] < 0
    assert wide["high"] > 1
    assert (narrow["low"], narrow["high"]) == (0.0, 1.0)


# ---- modes that are held by noise


def blanket_beside_a_sharp_point() -> list[RunResult]:
    """`sharp` holds one mode of eight in good samples, `blanket` all eight in samples that are hardly ever good."""
    looks = {"sharp": {"modes": 1.0, "quality": 0.95}, "fog": {"modes": 8.0, "quality": 0.2}}
    return [
        replace(result(recipe, task, seed, 0.5), values={**values, "score": 0.5})
        for recipe, values in looks.items()
        for task in TASKS
        for seed in range(5)
    ]


def test_a_blanket_that_holds_all_modes_ranks_below_a_sharp_collapsed_recipe() -> None:
    rows = board(blanket_beside_a_sharp_point()).leaderboard()
    assert [(r["strategy"], r["rank"], r["rank_low"], r["rank_high"]) for r in rows[:2]] == [
        ("sharp", 1, 1, 1),
        ("fog", 2, 2, 2),
    ]
    assert [(r["held"], r["blurred"]) for r in rows[:2]] == [(0.125, False), (1.0, True)]
    assert [r["p_best"] is None for r in rows[:2]] == [False, True]


def test_the_verdict_counts_what_the_tests_tell_apart_and_not_the_blurred_rule() -> None:
    alike = grid(lambda run: replace(run, values={**run.values, "quality": 0.1}) if run.recipe == "twin" else run)
    made = board([r for r in alike if r.recipe in ("good", "twin")])
    assert [r["rank"] for r in made.leaderboard()[:2]] == [1, 2]
    assert made.summary() == "No two of the 2 recipes are told apart at 15 pairs of task and seed."


@pytest.mark.parametrize(("quality", "blurred"), [(0.2474, True), (0.2476, False)])
def test_blurred_is_under_a_quarter_of_the_quality_of_real_data(quality: float, blurred: bool) -> None:
    """Real samples are good 99 % of the time: a quarter is 0.2475."""
    hazy = grid(lambda run: replace(run, values={**run.values, "quality": quality}) if run.recipe == "good" else run)
    assert row(hazy, "good")["blurred"] is blurred
    assert row(hazy, "twin")["blurred"] is False


def test_blurred_goes_by_the_mean_over_tasks_and_not_by_a_single_one() -> None:
    def change(run: RunResult) -> RunResult:
        one = run.recipe == "good" and run.task == TASKS[0]
        return replace(run, values={**run.values, "quality": 0.0}) if one else run

    assert row(grid(change), "good")["blurred"] is False


def test_a_recipe_whose_quality_is_not_known_is_not_called_blurred() -> None:
    def change(run: RunResult) -> RunResult:
        return replace(run, values={**run.values, "quality": None}) if run.recipe == "good" else run

    assert row(grid(change), "good")["blurred"] is False


def test_modes_decide_and_not_the_score() -> None:
    """`poor` scores best here, and holds the fewest modes."""
    runs = grid(lambda run: replace(run, values={**run.values, "score": 1 - (run.score or 0)}))
    rows = board(runs).leaderboard()
    assert [r["strategy"] for r in rows][2:] == ["none", "poor", "real"]
    assert rows[3]["score"] > rows[0]["score"]


def test_stricter_counts_are_shares_of_the_modes_too() -> None:
    more = {"modes-quarter": 6.0, "modes-half": 2.0, "effective-modes": 5.0}
    found = row(grid(lambda run: replace(run, values={**run.values, **more})), "good")
    assert [found[c] for c in ("held_quarter", "held_half", "effective_modes")] == pytest.approx([0.75, 0.25, 0.625])


# ---- what nobody trained, cost, and the ladder

NOISE = {"memoriser": {"modes": 8.0, "quality": 0.98}, "blanket": {"modes": 8.0, "quality": 0.05}}


def test_things_that_nobody_trained_end_the_table_without_a_rank() -> None:
    rows = board(grid(lambda run: replace(run, yardsticks=NOISE))).leaderboard()
    assert [r["strategy"] for r in rows[-3:]] == ["real", "memoriser", "blanket"]
    assert {(r["rank"], r["p_best"], r["cost_ratio"]) for r in rows[-3:]} == {(None, None, None)}
    assert [(r["held"], r["blurred"]) for r in rows[-3:]] == [(1.0, False), (1.0, False), (1.0, True)]
    assert [(r["runs"], r["failed"], r["missing"]) for r in rows[-3:]] == [(15, 0, 0)] * 3


def test_yardsticks_of_a_failed_run_still_stand() -> None:
    runs = grid(lambda run: replace(failing("none", "diverged")(run), yardsticks=NOISE))
    assert row(runs, "memoriser")["held"] == row(runs, "memoriser")["held_low"] == 1


def test_cost_goes_by_cpu_time_and_not_by_the_wall_clock() -> None:
    def change(run: RunResult) -> RunResult:
        return replace(run, seconds=1.0, cpu_seconds=3.0) if run.recipe == "good" else replace(run, cpu_seconds=1.5)

    assert row(grid(change), "good")["cost_ratio"] == pytest.approx(2)


def test_modes_and_quality_are_given_together_or_not_at_all() -> None:
    def change(run: RunResult) -> RunResult:
        unknown = run.recipe == "good" and run.seed == 0
        return replace(run, values={**run.values, "quality": None} if unknown else run.values, yardsticks=NOISE)

    made = board(grid(change)).modes_and_quality
    assert list(made) == ["none", "poor", "twin", "real", "memoriser", "blanket"]
    assert [interval.mean for interval in made["blanket"]] == pytest.approx([1, 0.05])
    assert [interval.mean for interval in made["none"]] == pytest.approx([0.31, 0.9], abs=0.01)


def climbing() -> list[RunResult]:
    """`good` holds 0.8 at level 1 and 0.2 at level 4, `none` under half at both."""
    shares = {"good": {1.0: 0.8, 4.0: 0.2}, "none": {1.0: 0.3, 4.0: 0.1}}
    return [
        result(recipe, f"hard-{level:g}/mlp", seed, share, knob="side", level=level)
        for recipe, by_level in shares.items()
        for level, share in by_level.items()
        for seed in range(3)
    ]


def test_a_suite_with_a_knob_has_a_table_of_breaking_points_best_first(tmp_path: Path) -> None:
    """Halfway down from 0.8 to 0.2 is halfway up from 1 to 4 on a log scale."""
    board(climbing()).write(tmp_path)
    table = pl.read_csv(tmp_path / "ladder.csv")
    assert table["strategy"].to_list() == ["good", "good", "none", "none"]
    assert table["level"].to_list() == [1, 4, 1, 4]
    assert table["held"].to_list() == pytest.approx([0.8, 0.2, 0.3, 0.1])
    assert table["breaking_point"].to_list() == [pytest.approx(2), pytest.approx(2), None, None]
    assert table["reading"].to_list() == ["2", "2", "< 1", "< 1"]


def test_a_suite_without_knobs_has_no_ladder(tmp_path: Path) -> None:
    board(grid()).write(tmp_path)
    assert not (tmp_path / "ladder.csv").exists()


def test_a_recipe_that_mostly_diverges_is_not_called_blurred() -> None:
    """Failure costs it modes held; what it does make may be sharp."""

    def change(run: RunResult) -> RunResult:
        return replace(run, status="diverged", values={}) if run.recipe == "good" and run.seed > 0 else run

    found = row(grid(change), "good")
    assert found["blurred"] is False
    assert found["held"] < 0.2


def test_score_is_empty_where_no_finished_run_has_one_rather_than_the_failed_ones_zero() -> None:
    def change(run: RunResult) -> RunResult:
        values = {k: v for k, v in run.values.items() if k != "score"}
        failed = run.recipe == "good" and (run.task, run.seed) == (TASKS[0], 0)
        return replace(run, values={} if failed else values, status="diverged" if failed else "done")

    found = row(grid(change), "good")
    assert (found["score"], found["gain"]) == (None, None)
    assert found["held"] is not None


def test_models_that_train_themselves_stand_below_and_take_nobodys_rank() -> None:
    own = [
        result(recipe, "ring/vae", seed, 0.5, "done" if recipe == "none" else "skipped", own_loop=True)
        for recipe in EFFECT
        for seed in range(5)
    ]
    alone, beside = ({r["strategy"]: r for r in board(runs).leaderboard()} for runs in (grid(), [*grid(), *own]))
    assert {name: beside[name] for name in alone} == alone
    assert list(beside) == [*list(alone)[:-1], "vae (model)", "real"]
    vae = beside["vae (model)"]
    assert (vae["rank"], vae["held"], vae["held_gain"], vae["runs"], vae["missing"]) == (None, 0.5, None, 5, 0)
    skipped = [r for r in board([*grid(), *own]).tasks() if (r["task"], r["strategy"]) == ("ring/vae", "good")]
    assert {r["skipped"] for r in skipped} == {5}


def test_a_board_that_is_not_ranked_does_not_say_that_it_is() -> None:
    assert board(grid(seeds=1)).summary().startswith("Not ranked")
    assert board(grid(seeds=1)).rule.startswith("In the order of the share of modes held")
    assert board(grid()).rule.startswith("Ranked by the share of modes held")


def test_a_board_is_shown_in_a_line() -> None:
    shown = repr(board(grid()))
    assert len(shown) < 120
    assert shown.startswith("<Leaderboard of quick, version 1: 4 recipes on 3 tasks, 60 runs")


def test_alarms_stand_in_the_board_and_in_tables_of_their_own(tmp_path: Path) -> None:
    def warn(run: RunResult) -> RunResult:
        steps = {"poor": (100 + run.seed, 300)}.get(run.recipe, ())
        alarms = tuple(Alarm("fall", step, "warning", 1.0, 0.5, "") for step in steps)
        return replace(run, alarms=alarms, state="collapsed" if alarms else "settled")

    made = board(grid(warn), collapse=frozenset({"fall"}))
    rows = {r["strategy"]: r for r in made.leaderboard()}
    assert (rows["poor"]["alarms"], rows["poor"]["first_alarm"]) == (1.0, 102.0)
    assert (rows["good"]["alarms"], rows["good"]["first_alarm"]) == (0.0, None)
    assert (rows["real"]["alarms"], rows["real"]["first_alarm"]) == (None, None)
    made.write(tmp_path)
    alarms, states = (pl.read_csv(tmp_path / name) for name in ("alarms.csv", "states.csv"))
    assert (alarms.columns, len(alarms)) == (list(ALARM_COLUMNS), 30)
    assert (states.columns, states["strategy"].to_list()) == (
        list(STATE_COLUMNS),
        ["good", "twin", "none", "poor", "all"],
    )
    assert states.filter(strategy="poor").select("runs", "collapsed", "settled", "hits").row(0) == (15, 15, 0, 15)
    board(grid()).write(tmp_path)
    assert not (tmp_path / "alarms.csv").exists()
    assert not (tmp_path / "states.csv").exists()


def test_runs_that_were_not_computed_in_float32_are_shown_and_not_ranked() -> None:
    made = board(grid(lambda run: replace(run, precision="bf16")))
    assert {row["rank"] for row in made.leaderboard()} == {None}
    assert made.summary() == "Not ranked: runs were computed in bf16, and only float32 is ranked."
    assert made.rule.startswith("In the order of")
