"""A/A: the same strategy under several names. Whatever wins is a false win."""

from __future__ import annotations

import numpy as np

from benchmarks.validity.runs import Scores
from gancheck.statistics.intervals import Array, paired_gain, wilson
from gancheck.statistics.paired_tests import sign_flip
from gancheck.statistics.ranking import LEVEL, rank
from gancheck.system.tables import Row

#: Names on a board, seeds of each, how many boards are drawn: fewer where a test takes longer.
BOARDS = ((2, 5, 2_000), (6, 5, 1_000), (12, 5, 1_000), (2, 10, 300), (6, 10, 100))


def false_wins(scores: Scores, generator: np.random.Generator) -> list[Row]:
    """One row a kind of board. `scores` holds one recipe; a board gives each name other seeds of it, drawn without
    replacement. Boards overlap in their runs, so the intervals of the rates are a little too short."""
    (tasks,) = scores.values()
    seeds = min(map(len, tasks.values()))
    return [
        tally(names, each, [draw_board(tasks, names, each, generator) for _ in range(count)], generator)
        for names, each, count in BOARDS
        if names * each <= seeds
    ]


def draw_board(tasks: dict[str, Array], names: int, each: int, generator: np.random.Generator) -> Scores:
    """The names, each with seeds of its own."""
    places = generator.permutation(min(map(len, tasks.values())))[: names * each].reshape(names, each)
    return {f"name {i}": {task: seeds[mine] for task, seeds in tasks.items()} for i, mine in enumerate(places)}


def tally(names: int, each: int, boards: list[Scores], generator: np.random.Generator) -> Row:
    """How many boards have a false win, how many comparisons, and how many gains leave out zero."""
    wins = [rank(board, generator).distinguishable for board in boards]
    gains = [gain for board in boards for gain in gains_of(board)]
    alone = [sign_flip(differences(board, "name 1"), generator) <= LEVEL for board in boards]
    share, low, high = wilson(sum(won > 0 for won in wins), len(boards))
    return {
        **{"names": names, "seeds": each, "boards": len(boards), "false_boards": share, "low": low, "high": high},
        "false_comparisons": sum(wins) / (len(boards) * names * (names - 1) / 2),
        "one_test_alone": float(np.mean(alone)),
        "gains_without_zero": float(np.mean(gains)),
    }


def differences(board: Scores, name: str) -> list[Array]:
    """A name's differences to the first one, by task."""
    return [board[name][task] - board["name 0"][task] for task in board[name]]


def gains_of(board: Scores) -> list[bool]:
    """For every name but the first, whether the interval of its gain over the first leaves out zero."""
    base = list(board["name 0"].values())
    found = [paired_gain(list(tasks.values()), base) for name, tasks in board.items() if name != "name 0"]
    return [not gain.low <= 0 <= gain.high for gain in found if gain.low is not None and gain.high is not None]
