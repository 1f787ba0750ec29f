"""`--threads` of the commands that work in one process."""

from __future__ import annotations

from contextlib import AbstractContextManager

from gancheck.plugins.parameters import positive
from gancheck.system.cores import default_threads, thread_count


def threads_used(threads: int | None) -> AbstractContextManager[None]:
    """So many threads while the block runs, or the default number; BadParameter below 1."""
    return thread_count(default_threads() if threads is None else positive(threads, "threads"))
