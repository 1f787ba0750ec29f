"""What the commas in a file's numbers mean: a group of thousands, decimals, or nothing that is sure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gancheck.monitor.readers.numbers import (
    COMMAS,
    decimal_comma_number_of,
    number_beside_decimal_commas_of,
    number_of,
    plain_number_of,
)
from gancheck.monitor.readers.recording import listed
from gancheck.system.counts import say_count

Read = Callable[[object], float | None]  #: the number that is written


@dataclass(frozen=True)
class Commas:
    """How the numbers of one file are read, from all of its signals' numbers as they are written.

    `0,53` groups no thousands. Where no number of the file has a point, all commas of it are decimal ones, that of
    `2,345` too; where some have, no number with a comma is sure. `2,345` alone is read as 2345, and a note says so.
    """

    written: Sequence[str]  #: the numbers with commas
    has_points: bool  #: whether any number has a decimal point
    group_nothing: bool = False  #: whether none can group thousands, as in a table whose cells end with semicolons

    @classmethod
    def of(cls, numbers: Sequence[str]) -> Commas:
        """Those of a file's numbers."""
        return cls([n for n in numbers if COMMAS.fullmatch(n)], any("." in n for n in numbers))

    @classmethod
    def beside_semicolons(cls, numbers: Sequence[str]) -> Commas:
        """Those of a table whose cells end with semicolons: none groups thousands, and points are as good."""
        return replace(cls.of(numbers), group_nothing=True)

    @cached_property
    def read(self) -> Read:
        """What gives the number that is written."""
        if self.group_nothing:
            return decimal_comma_number_of
        if all(number_of(each) is not None for each in self.written):
            return number_of
        if not self.has_points and all(decimal_comma_number_of(each) is not None for each in self.written):
            return decimal_comma_number_of
        return plain_number_of

    @property
    def are_decimal(self) -> bool:
        """Whether all numbers are written with decimal commas."""
        return self.read is decimal_comma_number_of and not self.has_points

    @property
    def read_count(self) -> Read:
        """What gives a count of steps, whose commas are no decimal ones."""
        return number_beside_decimal_commas_of if self.are_decimal else self.read

    @property
    def unread(self) -> Sequence[str]:
        """The numbers that are left out for their commas."""
        return self.written if self.read is plain_number_of else ()

    def notes(self, what: str) -> Iterator[str]:
        """What was left out or assumed; `what` is what holds a number, such as a cell."""
        count, some = say_count(len(self.written), what), listed(dict.fromkeys(self.written), 3)
        if self.group_nothing:
            return
        if self.unread:
            yield f"{count} whose commas group no thousands: {some}"
        elif self.are_decimal:
            yield f"{count} with a decimal comma: {some}"
        elif self.written and not self.has_points and all(each.count(",") == 1 for each in self.written):
            yield f"{count} whose commas are taken to group thousands, as nothing says that they are decimal: {some}"

    def why_none(self) -> str:
        """Why a file with nothing but unread numbers is not read; empty where it has none."""
        if not self.unread:
            return ""
        return f"has values such as {self.unread[0]}, whose comma groups no thousands: decimals need a point"
