"""A table of losses: CSV with columns such as step, loss, val_loss; any other column of numbers is a metric."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from gancheck.errors import BadData
from gancheck.monitor.readers.names import signals_of
from gancheck.monitor.readers.numbers import count_of, number_of
from gancheck.monitor.readers.recording import Recording, listed, reasons
from gancheck.monitor.readers.steps import Entry, in_order
from gancheck.system.counts import say_count

MARKS = ("\t", ";", ",")  #: between cells, the surest first
STEPS = ("step", "steps", "global_step", "trainer/global_step", "iteration", "iter", "it", "batch", "epoch", "")


def is_table(text: str) -> bool:
    """Whether the first two lines have as many cells, and the first holds names."""
    lines = [line for line in text.splitlines() if line.strip()][:2]
    heads = [cells(line, mark_of(lines[0])) for line in lines]
    named = len(lines) == 2 and all(number_of(cell) is None and not set(":=") & set(cell) for cell in heads[0])
    return named and len(heads[0]) == len(heads[1]) > 1


def read_table(text: str, source: str) -> Recording:
    """Every row; cells that are no numbers are left out."""
    lines = [line for line in text.splitlines() if line.strip()]
    mark = mark_of(lines[0])
    head, *rows = [cells(line, mark) for line in lines]
    numeric = [n for n, name in enumerate(head) if any(value(row, n, mark) is not None for row in rows)]
    places = {name: n for n, name in reversed(list(enumerate(head))) if n in numeric}
    column = step_column(places, rows, mark)
    found, left = signals_of([name for name in places if name != column])
    if not found:
        raise BadData(f"{source} has no column of losses: its columns are {listed(head)}")
    seen, notes = in_order(
        entries(rows, {places[name]: s for name, s in found.items()}, None if column is None else places[column], mark)
    )
    return Recording(source, "a table of losses", seen, (*left_out(head, rows, left), *notes))


def entries(rows: list[list[str]], signals: dict[int, str], steps: int | None, mark: str) -> Iterator[Entry]:
    """The numbers of every row, at its step, or at its place where there are none."""
    for place, row in enumerate(rows, start=1):
        step = place if steps is None else count_of(value(row, steps, mark))
        values = {signal: value(row, n, mark) for n, signal in signals.items()}
        if step is not None:
            yield Entry(step, {signal: found for signal, found in values.items() if found is not None})


def left_out(head: list[str], rows: list[list[str]], left: dict[str, str]) -> Iterator[str]:
    """What was not read."""
    if rows and 0 < len(rows[-1]) < len(head):
        yield "the last row, which is cut off, beyond its last cell"
    if wide := sum(len(row) > len(head) for row in rows):
        yield f"cells beyond the last column, in {say_count(wide, 'row')}"
    if long := rows.count([]):
        yield f"{say_count(long, 'row')} with a cell of more than {csv.field_size_limit():,} characters"
    yield from reasons(left)


def step_column(places: dict[str, int], rows: list[list[str]], mark: str) -> str | None:
    """The column that counts steps: whole numbers under a known name; None where rows must be counted."""
    for known in STEPS:
        for name, n in places.items():
            if name.strip().lower() == known and all(
                count_of(found) is not None for row in rows if (found := value(row, n, mark)) is not None
            ):
                return name
    return None


def value(row: list[str], place: int, mark: str) -> float | None:
    """The number in a cell; None where it is empty, missing or a word. Beside semicolons a comma may be decimal."""
    cell = row[place].strip() if place < len(row) else ""
    return number_of(cell.replace(",", ".") if mark == ";" else cell)


def mark_of(line: str) -> str:
    """What stands between cells."""
    return next((mark for mark in MARKS if mark in line), ",")


def cells(line: str, mark: str) -> list[str]:
    """The cells of a line; none where one is too long."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=mark))]
    except csv.Error:
        return []
