"""Text tables: what separates the cells, how decimals are written, and whether the first row is a header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from gancheck.loading.failures import one_line_errors
from gancheck.loading.raw import join_names
from gancheck.loading.table import MISSING, PLAIN, Table, column_key, decimal_point
from gancheck.loading.text_lines import (
    FirstLines,
    Rows,
    cell_mark,
    cells_of,
    comment_of_names,
    first_lines,
    refuse_longer_rows,
    words_of,
)
from gancheck.loading.written_numbers import SURE_POINT, is_written_number

RISING = 6  #: so many numbers that rise along the first row, and along no other, are names
STEADY = 3  #: the same, where they are whole and rise by one step


@dataclass(frozen=True)
class Dialect:
    """How a text table is written."""

    mark: str  #: between cells
    decimal_comma: bool
    header: bool
    aligned: bool  #: cells stand in columns, with several spaces between them
    passed: int = 0  #: lines before the data that start with #
    names: tuple[str, ...] = ()  #: of the columns, where one of those lines holds them
    comments: tuple[str, ...] = ()  #: what the others say


def csv_table(path: Path, names: Sequence[str] = ()) -> Table:
    """A text table; tab, semicolon, comma, bar or spaces between the cells, with a header or without.

    `names` are the columns of the reference: a first row that repeats them is a header, even of numbers.
    """
    with one_line_errors(path.name, PLAIN):
        dialect = read_dialect(path, names)
        how: dict[str, Any] = {"has_header": dialect.header and not dialect.names, "null_values": [*MISSING]}
        how["decimal_comma"] = dialect.decimal_comma
        types = scan_text(path, dialect, infer_schema_length=None, **how).collect_schema()
        frame = scan_text(path, dialect, schema=types, **how)  # the types are found once, from all rows
        frame = frame.rename(dict(zip(types, dialect.names, strict=True)) if dialect.names else bare_names([*types]))
        said = say_dialect(path.name, dialect)
        return Table(path.name, frame, dialect.header, said, decimal_comma=dialect.decimal_comma)


def say_dialect(name: str, dialect: Dialect) -> tuple[str, ...]:
    """What was decided about a text table."""
    first = f"the first row of {name} is {'its header' if dialect.header else 'a sample: it has no header'}"
    header = f"columns named after the comment '# {' '.join(dialect.names)}'" if dialect.names else first
    comments = f"comments before the data left out: {join_names(dialect.comments, 3)}"
    commas = ("decimal commas read as points",) if dialect.decimal_comma else ()
    return (header, *commas, *((comments,) if dialect.comments else ()))


def bare_names(names: list[str]) -> dict[str, str]:
    """Names without what is no part of them: space, quotation marks, and the mark of a comment before the first."""
    bare = {name: name.strip().lstrip("#").strip().strip('"') for name in names}
    return bare if len({*bare.values()}) == len(names) else {}


def scan_text(path: Path, dialect: Dialect, **how: Any) -> pl.LazyFrame:
    """The table, not read yet; one whose cells stand in columns is brought to one space first."""
    if not dialect.aligned:
        return pl.scan_csv(path.absolute(), separator=dialect.mark, glob=False, skip_lines=dialect.passed, **how)
    lines = (b" ".join(line.split()) for line in path.read_bytes().splitlines()[dialect.passed :])
    return pl.scan_csv(b"\n".join(line for line in lines if line), separator=" ", **how)


def read_dialect(path: Path, names: Sequence[str] = ()) -> Dialect:
    """How a text table is written, from its first lines."""
    found = first_lines(path)
    lines = [*found.body]
    mark = cell_mark(lines)
    aligned = mark == " " and any("  " in line or line != line.strip() for line in lines)
    rows = cells_of([" ".join(line.split()) for line in lines] if aligned else lines, mark)
    refuse_longer_rows(path.name, found, rows)
    commas = has_decimal_commas(rows, mark)
    if commas:
        rows = [[decimal_point(cell) for cell in row] for row in rows]
    dialect = Dialect(mark, commas, is_header(rows, all_quoted(lines), names), aligned, found.passed)
    return with_comments(dialect, found, rows)


def with_comments(dialect: Dialect, lines: FirstLines, rows: Rows) -> Dialect:
    """The dialect with the names that a comment holds, unless words in the first row are names themselves."""
    named = dialect.header and any(map(is_word, rows[0]))
    header = None if named else comment_of_names(lines.comments, rows, dialect.mark)
    others = tuple(comment for comment in lines.comments if comment and comment != header)
    if header is None:
        return replace(dialect, comments=others)
    names = tuple(word.strip('"') for word in words_of(header, dialect.mark))
    return replace(dialect, header=True, names=names, comments=others)


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
    if any(is_name_over(cell, column) for cell, column in zip(first, columns, strict=True)):
        return True
    if any(map(is_written_number, first)):
        return False
    repeated = any(cell in column for cell, column in zip(first, columns, strict=True))
    numbers = numbers_of(first)
    return not repeated and (not numbers or counts_from_zero(numbers))


def is_name_over(cell: str, column: list[str]) -> bool:
    """Whether a cell is a word over a column of numbers; `25%` may name plain numbers, and is one among its like."""
    written = not is_written_number(cell) and all(is_number(c) or is_written_number(c) or c in MISSING for c in column)
    return is_word(cell) and (is_numeric(column) or (written and not {*column} <= {*MISSING}))


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


def has_decimal_commas(rows: Rows, mark: str) -> bool:
    """Whether decimals stand behind commas; not where commas separate cells, or stand before a point or twice."""
    cells = [cell for row in rows for cell in row]
    return mark != "," and any(map(is_decimal_comma, cells)) and not any(map(SURE_POINT.match, cells))


def is_decimal_comma(cell: str) -> bool:
    """Whether a cell is a number with a comma for its point."""
    return cell.count(",") == 1 and is_number(decimal_point(cell))
