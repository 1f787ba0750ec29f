"""`--threads` of the commands that work in one process."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Annotated

from cyclopts import Parameter

from gancheck.plugins.parameters import positive
from gancheck.system.cores import default_threads, thread_count

Threads = Annotated[
    int | None, Parameter(help="Threads to work with; all cores unless given, or what OMP_NUM_THREADS says.")
]


def threads_used(threads: int | None) -> AbstractContextManager[None]:
    """So many threads while the block runs, or the default number; BadParameter below 1."""
    return thread_count(default_threads() if threads is None else positive(threads, "threads"))
