"""A fault: what is done to a folder, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol


@dataclass(frozen=True)
class Strike:
    """One try on a folder."""

    folder: Path
    number: int  #: of the try among those of its fault, from 0
    jobs: int  #: workers of the driver; 1: it works itself
    life: float  #: seconds that an undisturbed driver with as many takes
    luck: Random  #: its random moments

    @property
    def moment(self) -> float:
        """Seconds after its start at which a driver is hit: any in its life."""
        return self.luck.uniform(0, self.life)


class Act(Protocol):
    """Does harm; whether it met work, or came when all was done."""

    def __call__(self, strike: Strike) -> bool: ...


@dataclass(frozen=True)
class Fault:
    """What can happen."""

    name: str
    act: Act
    tries: int | None = 1  #: None: one after every file that is written, and so on, until nothing is met
    in_a_row: int = 1  #: strikes on one folder before it is finished and compared
    workers: float = 0.0  #: share of the tries in which the driver has two workers

    def often(self, share: float) -> int | None:
        """How many tries a share of the usual number is; None stays."""
        return None if self.tries is None else max(self.in_a_row, round(share * self.tries))
