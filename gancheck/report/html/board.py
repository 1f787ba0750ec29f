"""The board on a page: its table, and the numbers behind the pictures of ranks and costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import UNTRAINED
from gancheck.report.text import leaderboard as words
from gancheck.system.tables import Row

#: What the pictures are drawn from.
DRAWN = ("strategy", "rank", "held", "held_low", "held_high", "quality", "score", "cost_ratio", "blurred")
MEASURES = ("held", "score", "quality", "fid")  #: of the table of tasks, where it would be too long with all
LONGEST = 1_500  #: rows of the table of tasks
KINDS = {
    "oracle": "Recipes that use the modes' labels, ranked apart",
    "sampling": "Recipes that only filter samples, ranked apart",
}


class Cell(NamedTuple):
    """A cell of a table: what is read, and by what the column is sorted."""

    text: str
    order: float | str | None = None


class Table(NamedTuple):
    """A table that a reader can sort and filter."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


def board_numbers(board: Leaderboard) -> list[Row]:
    """The rows of the board, as far as they are drawn, and whether anybody trained them."""
    return [
        {name: row[name] for name in DRAWN} | {"place": words.place(row), "trained": row["strategy"] not in UNTRAINED}
        for row in board.leaderboard()
    ]


def board_tables(board: Leaderboard) -> list[Table]:
    """The board, and those of other kinds where there are any."""
    tables = [board_table("The board", board.leaderboard())]
    apart = ((title, board.leaderboard(kind)) for kind, title in KINDS.items())  # type: ignore[arg-type]
    return [*tables, *(board_table(title, rows) for title, rows in apart if rows)]


def board_table(name: str, rows: Sequence[Row]) -> Table:
    """The columns of the board in the terminal and in Markdown."""
    return Table(name, words.HEADINGS, [board_cells(row) for row in rows])


def board_cells(row: Row) -> list[Cell]:
    """Rounded numbers, each with the one that it is sorted by."""
    numbers: list[Any] = [
        *(row["rank"], row["strategy"], row["held"], row["held_gain"], row["quality"], row["collapse_rate"]),
        *(row["cost_ratio"], row["runs"], row["effective_modes"], row["spread"], row["score"], row["fid_ratio"]),
        *(row["held_quarter"], row["held_half"], row["p_best"]),
    ]
    return [Cell(text, order) for text, order in zip(words.cells(row), numbers, strict=True)]


def task_table(board: Leaderboard) -> Table:
    """Every metric of every strategy on every task beside real data's; the leading ones alone where it gets long."""
    rows, note = board.tasks(), ""
    if len(rows) > LONGEST:
        rows = [row for row in rows if row["metric"] in MEASURES]
        note = f"Only {', '.join(MEASURES)}: tasks.csv and results.parquet hold every metric."
    headings = ("task", "strategy", "metric", "mean", "low", "high", "n", "real data", "better")
    return Table("Task by task", headings, [task_cells(row) for row in rows], note)


def task_cells(row: Row) -> list[Cell]:
    """A row of tasks.csv."""
    numbers = [Cell(words.number(row[name], ".4g"), row[name]) for name in ("mean", "low", "high", "n", "real")]
    texts = [Cell(row[name], row[name]) for name in ("task", "strategy", "metric")]
    return [*texts, *numbers, Cell(row["better"] or "", row["better"] or "")]
