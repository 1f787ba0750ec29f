from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import gancheck as gc
from gancheck.training.number_table import AHEAD, NumberTable
from gancheck.training.replicas import ReplicaStack


@pytest.fixture
def table(setup: Callable[..., Any]) -> NumberTable:
    """Of a run of 600 steps whose critic moves twice a step, at a falling rate."""
    settings = {"default": gc.Optimiser(lr=0.1, schedule="linear")}
    replicas = ReplicaStack(setup(steps=600, **settings))
    return NumberTable(replicas, [["discriminator"], ["discriminator"], ["generator"]])


def test_a_row_holds_progress_and_what_every_player_steps_by(table: NumberTable) -> None:
    table.replicas.steps_done = 300
    for update, row in enumerate(table.rows()):
        progress, sizes = table.read(row)
        assert progress.item() == 0.5
        assert sizes["discriminator"].rate.item() == pytest.approx(table.replicas.rate("generator"))
        assert sizes["discriminator"].steps.item() == 600 + min(update, 2)
        assert sizes["generator"].steps.item() == 300


def test_rows_are_the_steps_own_wherever_one_begins(table: NumberTable) -> None:
    rows = []
    for start in (0, 5, AHEAD - 1, AHEAD, 2 * AHEAD + 3):
        table.replicas.steps_done = start
        rows.append(table.rows().clone())
        assert rows[-1][0, 0].item() == pytest.approx(start / 600)
    table.replicas.steps_done = 5  # back again
    assert table.rows().equal(rows[1])
