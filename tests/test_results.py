"""Which runs of a folder stand on one board."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

from gancheck.results import comparable, missing, newest_date, result
from gancheck.store import Run


def run(recipe: str, seed: int, source: str = "a", task: str = "ring/mlp", **changed: Any) -> Run:
    """A run as the store gives it; `source` is that of its strategy."""
    training = {
        **dict.fromkeys(("engine", "torch", "device", "dataset", "gan", "settings", "budget"), 1),
        "recipe": [{"name": recipe, "parameters": {}, "source": source}],
        "seed": seed,
        **changed,
    }
    spec = {"task": task, "recipe": recipe, "training": training, "evaluation": {"samples": 100, "metrics": {}}}
    outcome = {"status": "done", "reason": "", "seconds": 2.0, "cpu_seconds": 3.0, "modes": 8, "table": "trained"}
    rows = [{"kind": "value", "step": s, "metric": "score", "value": s / 10, "real": 1.0} for s in (5, 8)]
    rows += [{"kind": "value", "step": s, "metric": "modes", "value": s - 2, "real": 8.0} for s in (5, 8)]
    return Run(spec, rows, outcome)


OLD = [run(recipe, seed) for recipe in ("none", "r1", "mine") for seed in range(4)]


def test_a_strategy_run_alone_stands_beside_what_is_there() -> None:
    chosen = [run("new", seed) for seed in range(4)]
    assert comparable([*OLD, *chosen], chosen) == [*OLD, *chosen]


def test_only_tasks_and_seeds_that_were_chosen_are_shown() -> None:
    other = [run("none", seed, task="grid/mlp") for seed in range(4)]
    chosen = [run("new", seed) for seed in range(2)]
    shown = comparable([*OLD, *other, *chosen], chosen)
    assert {(r.spec["task"], r.spec["training"]["seed"]) for r in shown} == {("ring/mlp", 0), ("ring/mlp", 1)}
    assert {r.spec["recipe"] for r in shown} == {"none", "r1", "mine", "new"}


def test_runs_under_another_protocol_are_not_compared() -> None:
    for changed in ({"budget": 2}, {"gan": 2}, {"dataset": 2}, {"torch": 2}, {"device": 2}, {"settings": 2}):
        chosen = [run("new", seed, **changed) for seed in range(4)]
        assert comparable([*OLD, *chosen], chosen) == chosen


def test_a_changed_strategy_replaces_its_older_self_with_all_its_seeds() -> None:
    newer = [run("mine", seed, source="b") for seed in range(2)]
    others = [r for r in OLD if r.spec["recipe"] != "mine"]
    assert comparable([*OLD, *newer], newer) == [r for r in others if r.spec["training"]["seed"] < 2] + newer
    assert comparable([*OLD, *newer], [*OLD, *newer]) == [*others, *newer]  # what `rank` does
    again = [run("none", seed) for seed in range(4)]
    assert {r.spec["training"]["seed"] for r in comparable([*OLD, *newer], again) if r.spec["recipe"] == "mine"} == {
        0,
        1,
    }


def test_a_gan_that_was_changed_replaces_its_older_self_when_the_folder_is_ranked() -> None:
    newer = [run("none", seed, gan=2) for seed in range(2)]
    assert comparable([*OLD, *newer], [*OLD, *newer]) == newer


def test_a_run_measured_twice_counts_once() -> None:
    again = [run(recipe, seed) for recipe in ("none", "r1", "mine") for seed in range(4)]
    assert len(comparable([*OLD, *again], again)) == len(OLD)


def test_nothing_chosen_is_nothing_shown() -> None:
    assert comparable(OLD, []) == []


def test_a_result_is_the_last_evaluation() -> None:
    made = result(run("r1", 3))
    assert (made.recipe, made.task, made.seed, made.status) == ("r1", "ring/mlp", 3, "done")
    assert (made.score, made.held, made.real_value("score"), made.seconds) == (0.8, 6 / 8, 1.0, 2.0)


def test_a_planned_run_that_is_not_there_is_missing() -> None:
    made = missing(run("r1", 3).spec)
    assert (made.recipe, made.seed, made.status, made.score, made.held) == ("r1", 3, "missing", None, None)


def test_the_date_is_that_of_the_newest_run(tmp_path: Path) -> None:
    assert newest_date(tmp_path) == ""
    for name, day in (("a", 3), ("b", 9), ("c", 5)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("")
        noon = datetime.datetime(2024, 2, day, 12, tzinfo=datetime.UTC).timestamp()
        os.utime(path, (noon, noon))
    assert newest_date(tmp_path) == "2024-02-09"


def test_cost_is_cpu_time_on_a_cpu_and_the_wall_clock_on_a_gpu() -> None:
    assert result(run("r1", 3, device="cpu")).cost == 3.0
    assert result(run("r1", 3, device="cuda")).cost == 2.0


def test_a_skipped_run_costs_nothing_that_is_known() -> None:
    made = run("r1", 3, device="cpu")
    made.outcome.update(status="skipped", reason="r1 needs a GPU")
    assert result(made).cost is None


def test_a_run_knows_its_place_on_a_ladder_and_so_does_one_that_is_missing() -> None:
    plain, placed = run("r1", 3), run("r1", 3)
    placed.spec["ladder"] = {"knob": "modes a side", "level": 7.0}
    for made in (result(placed), missing(placed.spec)):
        assert (made.knob, made.level) == ("modes a side", 7)
    for made in (result(plain), missing(plain.spec)):
        assert made.knob == ""


def test_what_nobody_trained_comes_along() -> None:
    made = run("r1", 3)
    made.rows.append({"kind": "yardstick", "name": "blanket", "metric": "modes", "value": 8.0})
    noise = result(made).untrained("blanket", result(made).yardsticks["blanket"])
    assert (noise.recipe, noise.held, noise.score, noise.cost) == ("blanket", 1, None, None)
    assert result(made).score == 0.8


def test_a_run_of_the_first_version_goes_by_the_wall_clock() -> None:
    """Its outcome has no CPU time, and its rows neither modes nor yardsticks."""
    old = run("none", 0, device="cpu")
    del old.outcome["cpu_seconds"]
    made = result(old)
    assert (made.cpu_seconds, made.cost, made.yardsticks) == (None, 2.0, {})
    assert old.mode_counts() == {}
