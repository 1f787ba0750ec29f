"""What every fault did, as a table that a broken-off measurement goes on with."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from benchmarks.machine import machine
from gancheck.system.files import write_text


@dataclass
class Tally:
    """What a fault did."""

    fault: str
    tried: int = 0  #: strikes
    met: int = 0  #: of which came while there was something to do
    runs_lost: int = 0  #: committed before a strike and not there after it
    folders: int = 0  #: that were finished and compared
    boards_differ: int = 0  #: of which with another board or other numbers than those of an undisturbed run
    bad_ends: int = 0  #: strikes after which a driver hung, crashed without a line, or left a worker behind
    seconds: float = 0.0  #: that all of it took
    done: bool = False  #: whether no try is missing

    @property
    def board_identical(self) -> str:
        """In a word."""
        return "no" if self.boards_differ else "yes"

    @classmethod
    def read(cls, row: dict[str, str]) -> Self:
        """From a row of the table."""
        kinds = {"fault": str, "seconds": float, "done": "True".__eq__}
        return cls(**{f.name: kinds.get(f.name, int)(row[f.name]) for f in fields(cls)})  # type: ignore[operator]

    def row(self) -> dict[str, Any]:
        """As a row of the table."""
        return {**asdict(self), "seconds": round(self.seconds, 1), "board_identical": self.board_identical}


@dataclass
class Table:
    """All tallies, and how they came about."""

    seed: int
    command: str
    about: dict[str, Any] = field(default_factory=machine)  #: machine and versions
    tallies: dict[str, Tally] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The table that was begun in a folder; FileNotFoundError where there is none."""
        facts = json.loads((folder / "faults.json").read_text(encoding="utf-8"))
        with (folder / "faults.csv").open(encoding="utf-8") as file:
            found = [Tally.read(row) for row in csv.DictReader(file)]
        return cls(**facts, tallies={tally.fault: tally for tally in found})

    def of(self, fault: str) -> Tally:
        """The tally of a fault."""
        return self.tallies.setdefault(fault, Tally(fault))

    def write(self, folder: Path) -> None:
        """faults.csv and faults.json."""
        rows = [tally.row() for tally in self.tallies.values()]
        text = io.StringIO()
        writer = csv.DictWriter(text, list(Tally("").row()), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_text(folder / "faults.csv", text.getvalue(), "--results")
        facts = {"seed": self.seed, "command": self.command, "about": self.about}
        write_text(folder / "faults.json", json.dumps(facts, indent=2) + "\n", "--results")
