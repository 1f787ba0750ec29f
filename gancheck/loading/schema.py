"""What the columns of a table are: the reference's schema says how samples and training data are read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True)
class Column:
    """One column that is compared: a number, or words that become a column of 0 and 1 for each category."""

    name: str
    categories: tuple[str, ...] = ()  #: sorted; () for a number

    @property
    def coordinates(self) -> tuple[str, ...]:
        """The names of what it becomes."""
        return tuple(f"{self.name}={word}" for word in self.categories) or (self.name,)


@dataclass(frozen=True)
class Schema:
    """Columns in the order in which they are compared, and what else stood beside them."""

    used: tuple[Column, ...]
    every: tuple[str, ...]  #: all columns, in the file's order
    named: bool = True  #: whether the names are the file's own
    label: str | None = None  #: column of labels

    @property
    def coordinates(self) -> tuple[str, ...]:
        """A name for each of the d coordinates."""
        return tuple(chain.from_iterable(column.coordinates for column in self.used))
