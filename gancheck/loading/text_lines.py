"""The first lines of a text table: which are comments, which names the columns, and whether they fit each other."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

from gancheck.errors import BadData
from gancheck.loading.table import MISSING, PLAIN

MARKS = ("\t", ";", ",", "|", " ")  #: between cells, the surest first
LOOKED_AT = 200  #: lines that the dialect is decided from
WIDEST = 2**20  #: characters of a line that is looked at

SENTENCE_ENDS = (".", ":", "!", "?")
#: Words that name no column, and so make a sentence.
SENTENCE_WORDS = frozenset(
    (
        "an",
        "and",
        "are",
        "by",
        "for",
        "me",
        "my",
        "of",
        "our",
        "that",
        "the",
        "these",
        "this",
        "was",
        "we",
        "were",
        "with",
    )
)

Rows = list[list[str]]


@dataclass(frozen=True)
class FirstLines:
    """Some lines of a text table, without the empty ones."""

    comments: tuple[str, ...]  #: lines before the data that start with #
    body: tuple[str, ...]  #: the others
    numbers: tuple[int, ...]  #: of the lines of the body in the file, from 1

    @property
    def passed(self) -> int:
        """Lines of the file before the body, empty ones too; 0 where none of them is a comment."""
        return self.numbers[0] - 1 if self.comments else 0


def first_lines(path: Path) -> FirstLines:
    """The lines that the dialect is decided from; BadData where they fit no table."""
    lines = read_lines(path)
    body_from = len(list(takewhile(lambda line: not line.strip() or is_comment(line), lines)))
    if body_from == len(lines):
        body_from = 0  # nothing but such lines: they are the data
    comments = tuple(line.lstrip().lstrip("#").strip() for line in lines[:body_from] if line.strip())
    body = {number: line for number, line in enumerate(lines, 1) if number > body_from and line.strip()}
    return FirstLines(comments, tuple(body.values()), tuple(body))


def read_lines(path: Path) -> list[str]:
    """Some lines; BadData where the first is too long for a table."""
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
    return [line.rstrip("\r\n") for line in lines]


def is_comment(line: str) -> bool:
    """Whether a line starts with #, other than in a cell without a value."""
    return line.lstrip().startswith("#") and not line.lstrip().startswith(tuple(m for m in MISSING if m[:1] == "#"))


def comment_of_names(comments: tuple[str, ...], rows: Rows, mark: str) -> str | None:
    """The last comment that may be a header; None where none may."""
    width = len(rows[0]) if rows else 0
    return next((comment for comment in reversed(comments) if could_name(comment, width, mark)), None)


def could_name(comment: str, width: int, mark: str) -> bool:
    """Whether a comment has as many different words as rows have cells; between spaces, such as make no sentence."""
    words = words_of(comment, mark)
    if len(words) != width or len({*words}) < width:
        return False
    return mark != " " or not (comment.endswith(SENTENCE_ENDS) or {word.lower() for word in words} & SENTENCE_WORDS)


def words_of(comment: str, mark: str) -> list[str]:
    """The words of a comment that may be names."""
    return cells_of([" ".join(comment.split()) if mark == " " else comment], mark)[0]


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


def refuse_longer_rows(name: str, lines: FirstLines, rows: Rows) -> None:
    """BadData that names the first line with more cells than the first row, which no column would hold."""
    width = len(rows[0]) if rows else 0
    for place, row in enumerate(rows):
        if len(row) > width:
            where = f"line {lines.numbers[place]}" if len(rows) == len(lines.body) else f"row {place + 1}"
            raise BadData(
                f"{name}: {where} has {len(row)} cells, the first row {width}; take away a mark too many, or name the "
                "column that has no name"
            )
