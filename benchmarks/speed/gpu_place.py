"""Where the figures of a GPU are measured: the card, or a CPU in its place with tiny sizes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from gancheck.training.replay import Body, CudaGraph

Figures = Iterator[tuple[str, Any]]


@dataclass(frozen=True)
class Place:
    """A device, and how much is measured on it."""

    device: torch.device
    card: str
    seconds: float  #: of a turn; a rate is the median of three
    tiny: bool = False

    @classmethod
    def gpu(cls) -> Place:
        """The first card."""
        return cls(torch.device("cuda"), torch.cuda.get_device_name(), 0.7)

    @classmethod
    def stand_in(cls) -> Place:
        """This machine's CPU."""
        return cls(torch.device("cpu"), "none", 0.05, tiny=True)

    def wait(self) -> None:
        """Let the device finish."""
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def capture(self, body: Body) -> Body:
        """The body as a CUDA graph, or on a CPU the body itself."""
        return CudaGraph(body) if self.device.type == "cuda" else body

    def rate(self, step: Callable[[], object], worth: float = 1) -> float:
        """What is done in a second, where a call does so much."""
        step()
        self.wait()
        rates = []
        for _ in range(3):
            calls, start = 0, time.perf_counter()
            while (spent := time.perf_counter() - start) < self.seconds or not calls:
                for _ in range(4):
                    step()
                calls += 4
                self.wait()
            rates.append(worth * calls / max(spent, time.perf_counter() - start))
        return round(statistics.median(rates), 1)

    def time(self, work: Callable[[], object], repeats: int = 3) -> float:
        """Seconds of a call, the median of some after one that warms up."""
        work()
        seconds = []
        for _ in range(repeats):
            self.wait()
            start = time.perf_counter()
            work()
            self.wait()
            seconds.append(time.perf_counter() - start)
        return round(statistics.median(seconds), 4)
