"""The training clock: wall clock and CPU time, stopped while a run is probed and measured."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Adds up the time that is spent inside `running()`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.cpu_seconds = 0.0  #: of this process, all threads together

    @contextmanager
    def running(self) -> Iterator[None]:
        """The clock runs in here."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - wall
        self.cpu_seconds += time.process_time() - cpu
