"""Which runs of a folder stand on one board."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gancheck.bench.collect import (
    comparable_runs,
    make_leaderboard,
    missing_result,
    newest_date,
    run_result,
    say_outdated,
    suite_runs,
)
from gancheck.bench.run_spec import LadderPlace, PluginRecord, RunSpec
from gancheck.bench.store import Run
from gancheck.plugins.registry import Registry

Make = Callable[..., Run]


@pytest.fixture(scope="module")
def run(run_spec: Callable[..., RunSpec]) -> Make:
    """Makes a run as the store gives it: `run("r1", 3, source="b", device="cuda")`; see `run_spec`."""

    def make(recipe: str, seed: int, **how: Any) -> Run:
        outcome = {"status": "done", "reason": "", "seconds": 2.0, "cpu_seconds": 3.0, "modes": 8, "table": "trained"}
        rows = [{"kind": "value", "step": s, "metric": "score", "value": s / 10, "real": 1.0} for s in (5, 8)]
        rows += [{"kind": "value", "step": s, "metric": "modes", "value": s - 2, "real": 8.0} for s in (5, 8)]
        return Run(run_spec(recipe, seed, **how), rows, outcome)

    return make


@pytest.fixture(scope="module")
def old(run: Make) -> list[Run]:
    """What a folder holds: three recipes with four seeds."""
    return [run(recipe, seed) for recipe in ("none", "r1", "mine") for seed in range(4)]


def test_a_strategy_run_alone_stands_beside_what_is_there(run: Make, old: list[Run]) -> None:
    new = [run("new", seed) for seed in range(4)]
    assert comparable_runs([*old, *new]) == [*old, *new]


def test_the_suites_board_is_of_its_own_tasks_where_the_folder_holds_any(run: Make, old: list[Run]) -> None:
    other = [run("none", seed, task="grid/mlp") for seed in range(4)]
    assert suite_runs([*old, *other], ["ring/mlp", "spiral/mlp"]) == old
    assert suite_runs(other, ["ring/mlp"]) == other
    assert suite_runs([*old, *other], []) == [*old, *other]  # a folder of version 0.1 names no tasks


OTHER = {
    "budget": {"steps": 11},
    "gan": PluginRecord("mlp", {"width": 16}, "h"),
    "dataset": PluginRecord("ring", {"modes": 8}, "d", version=2),
    "torch": "9.9.9",
    "device": "cuda",
    "settings": {"batch": 17},
}


@pytest.mark.parametrize("part", OTHER)
def test_runs_under_another_protocol_are_not_compared(part: str, run: Make, old: list[Run]) -> None:
    new = [run("new", seed, **{part: OTHER[part]}) for seed in range(4)]
    assert comparable_runs([*old, *new]) == new


def test_a_changed_strategy_replaces_its_older_self_with_all_its_seeds(run: Make, old: list[Run]) -> None:
    newer = [run("mine", seed, source="b") for seed in range(2)]
    others = [r for r in old if r.spec.recipe != "mine"]
    assert comparable_runs([*old, *newer]) == [*others, *newer]


def test_a_gan_that_was_changed_replaces_its_older_self_when_the_folder_is_ranked(run: Make, old: list[Run]) -> None:
    newer = [run("none", seed, gan=OTHER["gan"]) for seed in range(2)]
    assert comparable_runs([*old, *newer]) == newer


def test_runs_that_an_older_version_of_a_metric_measured_are_not_compared(run: Make, old: list[Run]) -> None:
    def measured(made: Run, **metrics: str) -> Run:
        evaluation = msgspec.structs.replace(made.spec.evaluation, metrics=metrics)
        return Run(msgspec.structs.replace(made.spec, evaluation=evaluation).with_ids(), made.rows, made.outcome)

    older = [measured(run("r1", seed), modes="a", fid="b") for seed in range(2)]
    newer = [measured(run("new", seed), modes="c") for seed in range(2)]
    fewer = [measured(run("mine", seed), fid="b") for seed in range(2)]
    assert comparable_runs([*older, *fewer, *newer]) == [*fewer, *newer]
    assert comparable_runs([*newer, *fewer, *older]) == [*fewer, *older]


def test_a_place_that_a_later_run_takes_and_one_of_another_task_are_not_missed(run: Make, old: list[Run]) -> None:
    again = [run("mine", seed, source="b") for seed in range(4)]
    folder = Path("runs")
    assert say_outdated([*old, *again], ["ring/mlp"], folder) == ()
    (line,) = say_outdated([*old, *again[:3]], ["ring/mlp"], folder)
    assert line.startswith("1 run in runs is of other code")
    elsewhere = [run("mine", seed, task="old/mlp") for seed in range(4)]  # of older code too, on a task of no suite
    assert say_outdated([*elsewhere, *old, *again], ["ring/mlp"], folder) == ()
    assert say_outdated([*elsewhere, *old, *again], ["ring/mlp", "old/mlp"], folder)[0].startswith("4 runs")


def test_a_run_measured_twice_counts_once(run: Make, old: list[Run]) -> None:
    again = [run(recipe, seed) for recipe in ("none", "r1", "mine") for seed in range(4)]
    assert len(comparable_runs([*old, *again])) == len(old)


def test_a_result_is_the_last_evaluation(run: Make) -> None:
    made = run_result(run("r1", 3))
    assert (made.recipe, made.task, made.seed, made.status) == ("r1", "ring/mlp", 3, "done")
    assert (made.score, made.modes_held, made.real_value("score"), made.seconds) == (0.8, 6 / 8, 1.0, 2.0)


def test_a_planned_run_that_is_not_there_is_missing(run: Make) -> None:
    made = missing_result(run("r1", 3).spec)
    assert (made.recipe, made.seed, made.status, made.score, made.modes_held) == ("r1", 3, "missing", None, None)


def test_the_date_is_that_of_the_newest_run(tmp_path: Path) -> None:
    assert newest_date(tmp_path) == ""
    for name, day in (("a", 3), ("b", 9), ("c", 5)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("")
        noon = datetime.datetime(2024, 2, day, 12, tzinfo=datetime.UTC).timestamp()
        os.utime(path, (noon, noon))
    assert newest_date(tmp_path) == "2024-02-09"


def test_cost_is_cpu_time_on_a_cpu_and_the_wall_clock_on_a_gpu(run: Make) -> None:
    assert run_result(run("r1", 3, device="cpu")).cost == 3.0
    assert run_result(run("r1", 3, device="cuda")).cost == 2.0


def test_a_skipped_run_costs_nothing_that_is_known(run: Make) -> None:
    made = run("r1", 3, device="cpu")
    made.outcome.update(status="skipped", reason="r1 needs a GPU")
    assert run_result(made).cost is None


def test_a_run_knows_its_place_on_a_ladder_and_so_does_one_that_is_missing(run: Make) -> None:
    plain = run("r1", 3)
    placed = replace(plain, spec=msgspec.structs.replace(plain.spec, ladder=LadderPlace("modes a side", 7.0)))
    for made in (run_result(placed), missing_result(placed.spec)):
        assert (made.knob, made.level) == ("modes a side", 7)
    for made in (run_result(plain), missing_result(plain.spec)):
        assert made.knob == ""


def test_what_nobody_trained_comes_along(run: Make) -> None:
    made = run("r1", 3)
    made.rows.append({"kind": "yardstick", "name": "blanket", "metric": "modes", "value": 8.0})
    noise = run_result(made).as_untrained("blanket", run_result(made).yardsticks["blanket"])
    assert (noise.recipe, noise.modes_held, noise.score, noise.cost) == ("blanket", 1, None, None)
    assert run_result(made).score == 0.8


def test_a_run_of_the_first_version_goes_by_the_wall_clock(run: Make) -> None:
    """Its outcome has no CPU time, and its rows neither modes nor yardsticks."""
    old = run("none", 0, device="cpu")
    del old.outcome["cpu_seconds"]
    made = run_result(old)
    assert (made.cpu_seconds, made.cost, made.yardsticks) == (None, 2.0, {})
    assert old.mode_counts() == {}


def test_alarms_and_modes_of_every_evaluation_come_along(run: Make, registry: Registry) -> None:
    made = run("none", 0)
    made.rows.insert(0, {"kind": "value", "step": 1, "metric": "modes", "value": 8.0, "real": 8.0})
    made.rows.append({"kind": "alarm", "detector": "nonfinite", "step": 4, "score": 1.0, "evidence": "of version 0.1"})
    found = run_result(made)
    assert [(a.detector, a.step) for a in found.alarms or ()] == [("nonfinite", 4)]
    assert found.state is None
    assert found.modes_by_step == {1: 1.0, 5: 3 / 8, 8: 6 / 8}
    (row, whole) = make_leaderboard([found], registry, "mine", "1", "").states()
    assert (row["strategy"], row["not_known"], row["alarms"]) == ("none", 1, 1.0)
    assert whole["strategy"] == "all"


def test_a_skipped_run_was_not_watched(run: Make) -> None:
    made = run("r1", 3)
    made.outcome.update(status="skipped", reason="r1 needs a GPU")
    assert run_result(made).alarms is None
