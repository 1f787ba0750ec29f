"""The training clock: wall clock and CPU time, stopped while a run is probed and measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Adds up the time that is spent inside `running()`."""

    def __init__(
        self, wall: Callable[[], float] = time.perf_counter, cpu: Callable[[], float] = time.process_time
    ) -> None:
        self.wall, self.cpu = wall, cpu
        self.seconds = 0.0
        self.cpu_seconds = 0.0  #: of this process, all threads together

    @contextmanager
    def running(self) -> Iterator[None]:
        """The clock runs in here."""
        wall, cpu = self.wall(), self.cpu()
        yield
        self.seconds += self.wall() - wall
        self.cpu_seconds += self.cpu() - cpu
