"""Tables on a screen that is too narrow for them: a row becomes a few lines, and nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Group
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

FOLDED = 8  #: columns that a folded cell can still be read in
INDENT = 2


def needed_width(table: Table) -> int:
    """Columns of a screen from which on no cell of a table loses letters."""
    _, right, _, left = table.padding
    return sum(least_width(column, table.show_header) + left + right for column in table.columns) - right


def least_width(column: Column, with_header: bool) -> int:
    """Of one column: its longest word, or line where it does not wrap; a folded one can be narrow."""
    texts = [text for cell in (*[column.header] * with_header, *column.cells) if (text := text_of(cell)) is not None]
    parts = (part for text in texts for part in (text.splitlines() if column.no_wrap else text.split()))
    longest = max(map(cell_len, parts), default=0)
    return min(longest, FOLDED) if column.overflow == "fold" and not column.no_wrap else longest


def text_of(cell: object) -> str | None:
    """What a cell says; None for a drawing, such as a bar."""
    return cell.plain if isinstance(cell, Text) else cell if isinstance(cell, str) else None


def fold_cells(table: Table) -> Table:
    """The same, in which a word that is wider than its column goes on in the next line."""
    for column in table.columns:
        column.overflow = "fold"
    return table


def stack_rows(table: Table) -> Group:
    """The title, and for every row its first cell, below it the others under their headings; what is empty is left
    out, and so are bars."""
    rows = zip(*(column.cells for column in table.columns), strict=True)
    lines = [part for row in rows for part in stack_row(table, [text_of(cell) for cell in row])]
    ends = [[Text(text)] if (text := text_of(end)) else [] for end in (table.title, table.caption)]
    return Group(*ends[0], *lines, *ends[1])


def stack_row(table: Table, cells: list[str | None]) -> Iterator[Text | Padding]:
    """One row."""
    headings = [text_of(column.header) if table.show_header else "" for column in table.columns]
    pairs = [(heading, cell) for heading, cell in zip(headings, cells, strict=True) if cell]
    for place, (heading, cell) in enumerate(pairs):
        said = Text(f"{heading}: {cell}" if heading and (place or heading != headings[0]) else cell)
        yield Padding(said, (0, 0, 0, INDENT)) if place else said
