"""A table of losses: CSV with columns such as step, loss, val_loss; any other column of numbers is a metric."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gancheck.errors import BadData
from gancheck.monitor.readers.commas import Commas, Read
from gancheck.monitor.readers.course import Entry
from gancheck.monitor.readers.log_line import counters
from gancheck.monitor.readers.names import signal_of, signals_of
from gancheck.monitor.readers.numbers import count_of, number_of
from gancheck.monitor.readers.recording import Recording, listed, reasons
from gancheck.monitor.readers.steps import in_order
from gancheck.system.counts import say_count

MARKS = ("\t", ";", ",")  #: between cells, the surest first
EPOCH = "epoch"
WITHIN = ("batch", "batch_idx", "batch_index")  #: steps that may begin anew in every epoch
STEPS = ("step", "steps", "global_step", "trainer/global_step", "iteration", "iter", "it", "num_updates")
COUNTS = (*STEPS, *WITHIN, EPOCH, "")  #: names of columns that count, the surest first


@dataclass(frozen=True)
class Columns:
    """The columns of a table that are read, by their places."""

    signals: dict[int, str]
    steps: int | None  #: None where rows are counted
    epochs: int | None  #: where steps may begin anew in each, or are epochs themselves
    commas: Commas  #: what they mean

    @property
    def are_of_epochs(self) -> bool:
        """Whether nothing but epochs is counted, of which each may have many rows."""
        return self.steps is not None and self.steps == self.epochs


def is_table(text: str) -> bool:
    """Whether the first two lines have as many cells, and the first holds names, as `step 1,000 loss 2` does not."""
    lines = [line for line in text.splitlines() if line.strip()][:2]
    heads = [cells(line, mark_of(lines[0])) for line in lines]
    named = len(lines) == 2 and all(number_of(cell) is None and not set(":=") & set(cell) for cell in heads[0])
    return named and (None, None) in map(counters, lines) and len(heads[0]) == len(heads[1]) > 1


def read_table(text: str, source: str) -> Recording:
    """Every row; cells that are no numbers are left out."""
    lines = [line for line in text.splitlines() if line.strip()]
    mark = mark_of(lines[0])
    head, *rows = [cells(line, mark) for line in lines]
    commas = (Commas.beside_semicolons if mark == ";" else Commas.of)(cells_of_signals(head, rows))
    numeric = [n for n, name in enumerate(head) if any(value(row, n, commas.read) is not None for row in rows)]
    places = {name: next(n for n in numeric if head[n] == name) for name in dict.fromkeys(head[n] for n in numeric)}
    steps = count_column(COUNTS, places, rows, commas.read_count)
    epochs = count_column((EPOCH,), places, rows, commas.read_count) if is_of_epochs(steps) else None
    found, left = signals_of([name for name in places if name != steps])
    if not found:
        lack = commas.why_none() or f"has no column of losses: its columns are {listed(head)}"
        raise BadData(f"{source} {lack}")
    signals = {places[name]: signal for name, signal in found.items()}
    counted = None if steps is None else places[steps]
    columns = Columns(signals, counted, None if epochs is None else places[epochs], commas)
    seen, notes = in_order(entries(rows, columns))
    said = (*left_out(head, rows), *commas.notes("cell"), *unread(rows, columns), *reasons(left), *notes)
    return Recording(source, "a table of losses", seen, said)


def is_of_epochs(name: str | None) -> bool:
    """Whether a column counts epochs, or steps within them."""
    return name is not None and name.strip().lower() in (*WITHIN, EPOCH)


def entries(rows: list[list[str]], columns: Columns) -> Iterator[Entry]:
    """The numbers of every row, at its step, or at its place where there are none."""
    epoch, read = 0, columns.commas.read_count
    for place, row in enumerate(rows, start=1):
        step = place if columns.steps is None else count_of(value(row, columns.steps, read))
        said = None if columns.epochs is None else count_of(value(row, columns.epochs, read))
        epoch = epoch if said is None else said
        if step is not None:
            yield Entry(step, numbers_in(row, columns), epoch, columns.are_of_epochs)


def numbers_in(row: list[str], columns: Columns) -> dict[str, float]:
    """The signals of a row."""
    read = columns.commas.read
    return {signal: found for n, signal in columns.signals.items() if (found := value(row, n, read)) is not None}


def left_out(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    """What was not read for its form."""
    if rows and 0 < len(rows[-1]) < len(head):
        yield "the last row, which is cut off, beyond its last cell"
    if wide := sum(len(row) > len(head) for row in rows):
        yield f"cells beyond the last column, in {say_count(wide, 'row')}"
    if long := rows.count([]):
        yield f"{say_count(long, 'row')} with a cell of more than {csv.field_size_limit():,} characters"


def cells_of_signals(head: list[str], rows: list[list[str]]) -> list[str]:
    """All cells of the columns of signals."""
    signals = [n for n, name in enumerate(head) if signal_of(name)]
    return [row[n] for row in rows for n in signals if n < len(row)]


def unread(rows: list[list[str]], columns: Columns) -> Iterator[str]:
    """Cells that are no numbers, beside those that are left out for their commas, and rows that stand at no step."""
    commas, steps = columns.commas, columns.steps
    reads = {**dict.fromkeys(columns.signals, commas.read), **({} if steps is None else {steps: commas.read_count})}
    found = [(row[n], value(row, n, read)) for row in rows for n, read in reads.items() if n < len(row)]
    known = {"", *commas.unread}
    if words := [word for word, number in found if number is None and word not in known]:
        yield f"{say_count(len(words), 'cell')} that should be numbers: {listed(dict.fromkeys(words), 3)}"
    homeless = [row for row in rows if steps is not None and value(row, steps, commas.read_count) is None]
    if lost := sum(bool(numbers_in(row, columns)) for row in homeless):
        yield f"{say_count(lost, 'row')} without a step"


def count_column(names: Sequence[str], places: dict[str, int], rows: list[list[str]], read: Read) -> str | None:
    """The column that counts: whole numbers under the first of these names; None where there is none."""
    for known in names:
        for name, n in places.items():
            if name.strip().lower() == known and all(
                count_of(found) is not None for row in rows if (found := value(row, n, read)) is not None
            ):
                return name
    return None


def value(row: list[str], place: int, read: Read) -> float | None:
    """The number in a cell; None where it is empty, missing or a word."""
    return read(row[place].strip() if place < len(row) else "")


def mark_of(line: str) -> str:
    """What stands between cells."""
    return next((mark for mark in MARKS if mark in line), ",")


def cells(line: str, mark: str) -> list[str]:
    """The cells of a line; none where one is too long."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=mark))]
    except csv.Error:
        return []
