"""Who hears how far a tuning is."""

from __future__ import annotations

from typing import Protocol

from gancheck.bench.cell import RunSummary


class Watcher(Protocol):
    """Hears of every run; the bar of the command line is one."""

    def __call__(self, summary: RunSummary) -> None:
        """One run has an outcome."""

    def say(self, line: str) -> None:
        """Something to know about the tuning."""

    def leave_out(self, runs: int) -> None:
        """So many runs are not going to be made: of trials that were given up, or made by an earlier call."""


class Unwatched:
    """Nobody listens."""

    def __call__(self, summary: RunSummary) -> None: ...

    def say(self, line: str) -> None: ...

    def leave_out(self, runs: int) -> None: ...


UNWATCHED = Unwatched()
