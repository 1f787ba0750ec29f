"""How many cases of one kind came to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Tally:
    """One row of the table."""

    reader: str
    kind: str  #: of damage
    cases: int
    results: int  #: the file was read all the same
    refused: int  #: in one clear line
    faults: int

    def row(self) -> dict[str, Any]:
        """As a row of a CSV table."""
        return asdict(self)


COLUMNS = tuple(field.name for field in fields(Tally))


def tally_of(reader: str, judged: Iterable[tuple[str, str]]) -> list[Tally]:
    """A row for every kind, from pairs of kind and outcome."""
    counts = Counter(judged)
    kinds = dict.fromkeys(kind for kind, _ in counts)
    return [
        Tally(reader, kind, sum(found), *found)
        for kind in kinds
        if (found := [counts[kind, outcome] for outcome in ("result", "refused", "fault")])
    ]
