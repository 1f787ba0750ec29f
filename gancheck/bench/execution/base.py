"""What executes cells: this machine's processes, or something else with the same interface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from gancheck.bench.cell import Job, RunSummary
from gancheck.errors import GancheckError

#: A job, and what became of its runs, or the error that kept the cell from being worked on.
JobResult = tuple[Job, list[RunSummary] | GancheckError]


class Executor(Protocol):
    """Works on jobs."""

    def run(self, jobs: Sequence[Job]) -> Iterator[JobResult]:
        """Every job's result, in the order in which they are done."""
