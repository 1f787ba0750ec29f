"""Suites: their seeds are trained in whole blocks."""

from __future__ import annotations

import pytest

from gancheck.bench.suite import Suite
from gancheck.bench.task import PluginSpec, Task


@pytest.mark.parametrize(
    ("seeds", "block", "first", "blocks"),
    [
        (5, 5, 0, [(0, 1, 2, 3, 4)]),
        (3, 5, 0, [(0, 1, 2, 3, 4)]),
        (6, 5, 0, [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]),
        (4, 2, 1000, [(1000, 1001), (1002, 1003)]),
        (1, 1, 0, [(0,)]),
    ],
)
def test_seeds_are_rounded_up_to_whole_blocks(
    seeds: int, block: int, first: int, blocks: list[tuple[int, ...]]
) -> None:
    task = Task("ring", PluginSpec("ring"), PluginSpec("mlp"))
    assert Suite("mine", "1", (task,), ("none",), seeds=seeds, block=block, first_seed=first).blocks == blocks
