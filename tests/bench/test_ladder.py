"""The ladder: breaking points against closed forms, a band worked out by hand, and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gancheck.bench.ladder import COLUMNS, Climb, crossing, find_climbs
from gancheck.bench.run_result import RunResult, Status


def climb(*held: list[float], levels: tuple[float, ...] = (1.0, 4.0)) -> Climb:
    return Climb("side", "none", levels, tuple(map(np.array, held)))


@pytest.mark.parametrize("point", [1.1, 2.5, 4.0, 7.9])
def test_a_line_on_a_log_scale_breaks_where_it_passes_one_half(point: float) -> None:
    levels = (1.0, 2.0, 4.0, 8.0)
    line = [0.5 + 0.2 * math.log(point / level) for level in levels]
    assert crossing(levels, line) == pytest.approx(point)


def test_only_the_neighbouring_levels_count() -> None:
    assert crossing((1, 3, 9, 27), (1.0, 0.7, 0.3, 0.0)) == pytest.approx(math.sqrt(27))
    assert crossing((1, 3, 9, 27), (0.6, 0.7, 0.3, 0.2)) == pytest.approx(math.sqrt(27))


def test_one_half_exactly_is_still_held() -> None:
    assert crossing((1, 4, 16), (0.9, 0.5, 0.1)) == pytest.approx(4)
    assert crossing((1, 4), (0.9, 0.5)) == math.inf


def test_the_first_fall_counts_where_a_curve_comes_back() -> None:
    assert crossing((1, 4, 16), (0.8, 0.2, 0.9)) == pytest.approx(2)


def test_what_never_holds_half_or_always_does_lies_beyond_the_levels() -> None:
    assert climb([0.4, 0.4], [0.2, 0.2], levels=(2, 7)).reading == "< 2"
    assert climb([0.9, 0.9], [0.6, 0.6], levels=(2, 7)).reading == "> 7"


def test_the_interval_is_where_the_t_band_of_the_mean_passes_one_half() -> None:
    """Means 0.9 and 0.2, both +- t(2 df) 0.1 / sqrt(3); shares end at 0 and 1."""
    half = float(stats.t.isf(0.025, 2)) * 0.1 / math.sqrt(3)
    low, high = (0.4 - half) / (0.9 - half), 0.5 / (1 - (0.2 + half))
    made = climb([0.8, 0.9, 1.0], [0.1, 0.2, 0.3])
    assert made.breaking_point == pytest.approx((4 ** (0.4 / 0.7), 4**low, 4**high))
    assert made.reading == "2.2 [1.4, 3.5]"


def test_ends_of_the_interval_may_lie_beyond_the_levels() -> None:
    assert climb([0.3, 0.6, 0.9], [0.1, 0.4, 0.7], levels=(2, 7)).reading == "3.7 [< 2, > 7]"


def test_with_one_seed_a_level_nothing_is_known_of_the_interval() -> None:
    assert climb([0.8], [0.2]).breaking_point == (pytest.approx(2), 0, math.inf)
    assert climb([0.8], [0.2]).reading == "2 [< 1, > 4]"


def test_the_interval_holds_the_point() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        point, low, high = climb(*rng.uniform(0, 1, (4, 3)).tolist(), levels=(1, 2, 4, 8)).breaking_point
        assert low <= point <= high


def test_intervals_of_three_seeds_cover_the_true_breaking_point() -> None:
    rng, levels, covered = np.random.default_rng(2), (2.0, 3.0, 5.0, 7.0), []
    for _ in range(1000):
        truth = rng.uniform(2.2, 6.5)
        means = np.array([0.5 + 0.4 * math.log(truth / level) for level in levels])
        seeds = np.clip(rng.normal(means[:, None], 0.05, (4, 3)), 0, 1)
        _, low, high = climb(*seeds.tolist(), levels=levels).breaking_point
        covered.append((low <= truth <= high, high - low))
    assert np.mean([hit for hit, _ in covered]) >= 0.93
    assert np.mean([width < 5 for _, width in covered]) > 0.5  # and not by intervals that say nothing


def test_rows_give_every_level_and_leave_what_is_no_number_empty() -> None:
    rows = climb([0.9, 0.9], [0.6, 0.6], levels=(2, 7)).rows()
    assert [tuple(row) for row in rows] == [COLUMNS] * 2
    assert [(row["level"], row["held"], row["seeds"]) for row in rows] == [
        (2, pytest.approx(0.9), 2),
        (7, pytest.approx(0.6), 2),
    ]
    assert {(r["breaking_point"], r["breaking_low"], r["breaking_high"], r["reading"]) for r in rows} == {
        (None, None, None, "> 7")
    }


def run(recipe: str, level: float, modes: float, status: Status = "done", knob: str = "side") -> RunResult:
    return RunResult(recipe, f"{knob}-{level}", 0, status, {"modes": modes}, {}, 1.0, modes=8, knob=knob, level=level)


def test_runs_are_gathered_by_knob_and_recipe_with_rising_levels() -> None:
    runs = [run("none", 4, 2), run("r1", 4, 4), run("none", 1, 8), run("none", 1, 6), run("none", 3, 8, knob="dims")]
    found = {(c.knob, c.strategy): (c.levels, [held.tolist() for held in c.modes_held]) for c in find_climbs(runs)}
    assert found == {
        ("side", "none"): ((1, 4), [[1.0, 0.75], [0.25]]),
        ("side", "r1"): ((1, 4), [[], [0.5]]),
        ("dims", "none"): ((3,), [[1.0]]),
    }


def test_failed_runs_hold_nothing_and_missing_ones_are_left_out() -> None:
    runs = [
        run("none", 1, 8),
        run("none", 1, 8, "diverged"),
        run("none", 1, 8, "missing"),
        run("none", 1, 8, "skipped"),
    ]
    (made,) = find_climbs(runs)
    assert made.modes_held[0].tolist() == [1, 0]


def test_tasks_without_a_knob_are_on_no_ladder() -> None:
    assert find_climbs([run("none", 1, 8, knob="")]) == []


def rung(recipe: str, level: float, held: float, task: str = "ring/mlp") -> RunResult:
    done: Status = "done"
    return RunResult(
        recipe, f"{level:g} {task}", 0, done, {"modes": 8 * held}, {}, 1.0, modes=8, knob="side", level=level
    )


def test_a_recipe_that_lacks_a_level_has_no_breaking_point_rather_than_the_best() -> None:
    runs = [rung("none", level, held) for level, held in ((2, 1.0), (4, 0.75), (8, 0.25))]
    whole, part = find_climbs([*runs, rung("lost", 2, 1.0), rung("lost", 4, 1.0)])
    assert whole.breaking_point is not None
    assert part.levels == whole.levels
    assert (part.breaking_point, part.reading) == (None, "")
    assert [row["held"] for row in part.rows()] == [1.0, 1.0, None]


def test_two_gans_climb_apart() -> None:
    runs = [rung("none", x, h, task) for task, h in (("ring/mlp", 1.0), ("ring/mine", 0.0)) for x in (2.0, 4.0)]
    assert {climb.knob: climb.reading for climb in find_climbs(runs)} == {
        "side, mlp": "> 4 [< 2, > 4]",
        "side, mine": "< 2 [< 2, > 4]",
    }


@pytest.mark.parametrize(("level", "text"), [(250.0, "250"), (99.7, "100"), (4.14, "4.1"), (0.05, "0.05")])
def test_levels_are_written_as_people_write_them(level: float, text: str) -> None:
    assert climb([1.0], [0.0], levels=(0.01, 1e6)).describe_level(level) == text
