"""What executes cells: this machine's processes, or something else with the same interface."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Protocol

import torch

from gancheck.bench.cell import Job, RunSummary, run_cell
from gancheck.errors import GancheckError, StoreError
from gancheck.training.recorder import OnStep

JobEnd = list[RunSummary] | GancheckError  #: what became of a job's runs, or the error that kept its cell from work
JobResult = tuple[Job, JobEnd]


class Executor(Protocol):
    """Works on jobs."""

    def survey(self) -> tuple[int, list[str]]:
        """How many jobs are worked on at once, and where, a line each, where that is not this machine alone."""

    def run(self, jobs: Sequence[Job]) -> Generator[JobResult]:
        """Every job's result, in the order in which they are done; to close it ends all work."""


def open_results(executor: Executor, jobs: Sequence[Job]) -> closing[Generator[JobResult]]:
    """The results of some jobs, or of none, for `with`: whatever hits the loop over them, such as Ctrl-C, workers have
    ended when the block has."""

    def work() -> Generator[JobResult]:
        if jobs:
            yield from executor.run(jobs)

    return closing(work())


def run_safely(job: Job, on_step: OnStep = lambda _: None) -> JobEnd:
    """The reports, or the error that kept the cell from being worked on, such as a metric that raises; others go on.

    StoreError is raised: where nothing can be written, on a full disk, there is no use in going on.
    """
    try:
        with same_surroundings():
            return run_cell(job, on_step)
    except StoreError:
        raise
    except GancheckError as error:
        return error
    except (Exception, SystemExit) as error:
        return GancheckError(f"{type(error).__name__}: {error}")


@contextmanager
def same_surroundings() -> Iterator[None]:
    """What a plug-in changes in here for the whole process, its folder and PyTorch's default type, is set back, so that
    the next cell is computed as if it stood alone. (Random numbers never come from global streams.)"""
    folder, kind = os.getcwd(), torch.get_default_dtype()  # noqa: PTH109 (a folder that is gone is no Path)
    try:
        yield
    finally:
        os.chdir(folder)
        torch.set_default_dtype(kind)
