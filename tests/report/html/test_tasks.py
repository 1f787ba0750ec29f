"""What is drawn of a task: many modes in few columns, seeds in words, and the call that makes runs again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gancheck as gc
from gancheck.bench.store import Store
from gancheck.report.html.environment import command
from gancheck.report.html.failures import join_seeds
from gancheck.report.html.samples import look_of, task_samples
from gancheck.report.html.tasks import COLUMNS, bin_shares, task_numbers


def test_many_modes_share_columns_and_keep_their_mean() -> None:
    lost = np.arange(1_000) / 1_000
    columns = bin_shares(lost, np.array_split(np.arange(1_000), COLUMNS))
    assert len(columns) == COLUMNS
    assert columns.mean() == pytest.approx(lost.mean(), abs=0.01)


def test_data_that_cannot_be_built_leave_the_curves(folder: Path) -> None:
    numbers = task_numbers("ring/mlp", Store(folder).runs(), ["none"], None)
    assert numbers["lost"] is None
    assert numbers["curves"]["none"][0]["held"] == {10: 4, 20: 1}


def test_seeds_in_words() -> None:
    assert join_seeds([0, 1, 2, 4, 7, 8]) == "0 to 2, 4, 7 to 8"


def test_command_names_the_part_that_was_run(folder: Path) -> None:
    runs = [run for run in Store(folder).runs() if run.spec.task == "ring/mlp" and run.spec.recipe != "r1"]
    call = command("quick", "2", runs, ["ring/mlp", "digits/mlp"])
    assert call.startswith("gancheck run quick --seeds 2 --only 'strategy=none,")
    assert call.endswith("--only dataset=ring")


def test_little_room_shows_fewer_seeds(folder: Path, registry: gc.Registry) -> None:
    store = Store(folder)
    runs = [run for run in store.runs() if run.spec.task == "ring/mlp"]
    table = task_samples(runs, store, registry, room=1)
    assert table is not None
    assert table["seeds"] == 1
    assert [run["seed"] for run in table["drawn"]["none"]] == [0]


def test_points_of_many_dimensions_are_shown_on_a_plane(registry: gc.Registry) -> None:
    look = look_of(registry.build("dataset", "random-mixture", dims=5))
    assert look is not None
    assert "5 dimensions" in look.note


def test_run_whose_weights_are_gone_is_said(folder: Path, registry: gc.Registry, tmp_path: Path) -> None:
    runs = [run for run in Store(folder).runs() if (run.spec.task, run.spec.recipe) == ("ring/mlp", "none")]
    table = task_samples(runs, Store(tmp_path), registry)
    assert table is not None
    assert len(table["missing"]) == 2
