"""Text tables: what separates the cells, how decimals are written, and whether the first row is a header."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import polars as pl

from gancheck.errors import BadData
from gancheck.loading.failures import one_line_errors
from gancheck.loading.table import MISSING, PLAIN, Table, column_key, decimal_point

MARKS = ("\t", ";", ",", "|", " ")  #: between cells, the surest first
LOOKED_AT = 200  #: lines that the dialect is decided from
WIDEST = 2**20  #: characters of a line that is looked at
RISING = 6  #: so many numbers that rise along the first row, and along no other, are names
STEADY = 3  #: the same, where they are whole and rise by one step

Rows = list[list[str]]


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    mark: str  #: between cells
    decimal_comma: bool
    header: bool
    aligned: bool  #: cells stand in columns, with several spaces between them


def csv_table(path: Path, names: Sequence[str] = ()) -> Table:
    """A text table; tab, semicolon, comma, bar or spaces between the cells, with a header or without.

    `names` are the columns of the reference: a first row that repeats them is a header, even of numbers.
    """
    with one_line_errors(path.name, PLAIN):
        dialect = read_dialect(path, names)
        how: dict[str, Any] = {"has_header": dialect.header, "null_values": [*MISSING]}
        how["decimal_comma"] = dialect.decimal_comma
        types = scan_text(path, dialect, infer_schema_length=None, **how).collect_schema()
        frame = scan_text(path, dialect, schema=types, **how)  # the types are found once, from all rows
        frame = frame.rename(bare_names([*types]))
        header = "its header" if dialect.header else "a sample: it has no header"
        commas = ("decimal commas read as points",) if dialect.decimal_comma else ()
        notes = (f"the first row of {path.name} is {header}", *commas)
        return Table(path.name, frame, dialect.header, notes, decimal_comma=dialect.decimal_comma)


def bare_names(names: list[str]) -> dict[str, str]:
    """Names without what is no part of them: space, quotation marks, and the mark of a comment before the first."""
    bare = {name: name.strip().lstrip("#").strip().strip('"') for name in names}
    return bare if len({*bare.values()}) == len(names) else {}


def scan_text(path: Path, dialect: Dialect, **how: Any) -> pl.LazyFrame:
    """The table, not read yet; one whose cells stand in columns is brought to one space first."""
    if not dialect.aligned:
        return pl.scan_csv(path.absolute(), separator=dialect.mark, glob=False, **how)
    lines = (b" ".join(line.split()) for line in path.read_bytes().splitlines())
    return pl.scan_csv(b"\n".join(line for line in lines if line), separator=" ", **how)


def read_dialect(path: Path, names: Sequence[str] = ()) -> Dialect:
    """How a text table is written, from its first lines."""
    lines = first_lines(path)
    mark = cell_mark(lines)
    aligned = mark == " " and any("  " in line or line != line.strip() for line in lines)
    rows = cells_of([" ".join(line.split()) for line in lines] if aligned else lines, mark)
    commas = mark != "," and any(is_decimal_comma(cell) for row in rows for cell in row)
    if commas:
        rows = [[decimal_point(cell) for cell in row] for row in rows]
    return Dialect(mark, commas, is_header(rows, all_quoted(lines), names), aligned)


def first_lines(path: Path) -> list[str]:
    """Some of the lines that are not empty; BadData where the first is too long for a table."""
    with path.open(encoding="utf-8-sig") as file:
        lines = [file.readline(WIDEST)]
        if len(lines[0]) >= WIDEST - 1:
            raise BadData(f"{path.name}: its first line is longer than a megabyte; {PLAIN}")
        budget = 2 * WIDEST
        for line in islice(file, LOOKED_AT):
            budget -= len(line)
            if budget < 0:
                break
            lines.append(line)
    return [line.rstrip("\r\n") for line in lines if line.strip()]


def cell_mark(lines: list[str]) -> str:
    """The mark that cuts every line into equally many cells; else the first that stands in the first line."""
    for mark in (mark for mark in MARKS if all(mark in line for line in lines)):
        counts = {len(row) for row in cells_of(lines, mark)}
        if len(counts) == 1 and counts != {1}:
            return mark
    first = lines[0] if lines else ""
    return next((mark for mark in (",", ";", "\t", " ") if mark in first.strip()), ",")


def cells_of(lines: list[str], mark: str) -> Rows:
    """The cells of each line, without space around them."""
    with suppress(csv.Error):
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark, skipinitialspace=True)]
    return [[cell.strip() for cell in line.split(mark)] for line in lines]


def is_header(rows: Rows, quoted: bool, names: Sequence[str]) -> bool:
    """Whether the first row names the columns."""
    first, below = (rows[0], rows[1:]) if rows else ([], [])
    known = {column_key(name) for name in names}
    if known and known == {column_key(cell) for cell in first}:
        return True
    if any(is_word(cell) for cell in first):
        return names_columns(first, below)
    numbers = numbers_of(first)
    return quoted or counts_from_zero(numbers) or stands_alone(numbers, below)


def names_columns(first: list[str], below: Rows) -> bool:
    """Whether words in the first row are names: over a column of numbers, or unlike all words below them."""
    columns = [[row[place] for row in below if place < len(row)] for place in range(len(first))]
    if any(is_word(cell) and is_numeric(column) for cell, column in zip(first, columns, strict=True)):
        return True
    repeated = any(cell in column for cell, column in zip(first, columns, strict=True))
    numbers = numbers_of(first)
    return not repeated and (not numbers or counts_from_zero(numbers))


def counts_from_zero(numbers: list[float]) -> bool:
    """Whether these are 0, 1, 2, ..., as pandas names its columns."""
    return bool(numbers) and numbers == [*range(len(numbers))]


def stands_alone(numbers: list[float], below: Rows) -> bool:
    """Whether the first row runs as names do, steadily in whole numbers or upwards over many, and no other does."""
    for runs, least in ((steady, STEADY), (rises, RISING)):
        if len(numbers) >= least and runs(numbers):
            return not any(runs(numbers_of(row)) for row in below)
    return False


def steady(numbers: list[float]) -> bool:
    """Whether these are whole numbers, each above the last by one step."""
    return rises(numbers) and all(n.is_integer() for n in numbers) and len({b - a for a, b in pairwise(numbers)}) == 1


def rises(numbers: list[float]) -> bool:
    """Whether each number is above the one before."""
    return all(a < b for a, b in pairwise(numbers))


def all_quoted(lines: list[str]) -> bool:
    """Whether the first line stands in quotation marks, and the second has none."""
    return len(lines) > 1 and lines[0].startswith('"') and lines[0].endswith('"') and '"' not in lines[1]


def is_numeric(column: list[str]) -> bool:
    """Whether all cells with a value, and there are some, hold numbers."""
    held = [cell for cell in column if cell not in MISSING]
    return bool(held) and all(is_number(cell) for cell in held)


def numbers_of(row: list[str]) -> list[float]:
    """The cells that hold numbers."""
    return [float(cell) for cell in row if is_number(cell)]


def is_word(cell: str) -> bool:
    """Whether a cell holds something that is neither a number nor missing."""
    return cell not in MISSING and not is_number(cell)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number."""
    try:
        float(cell.strip('"'))
    except ValueError:
        return False
    return cell not in MISSING


def is_decimal_comma(cell: str) -> bool:
    """Whether a cell is a number with a comma for its point."""
    return cell.count(",") == 1 and is_number(decimal_point(cell))
