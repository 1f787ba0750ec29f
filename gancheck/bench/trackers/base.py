"""What a tracker is: four methods, called for one run after the other when its block of seeds is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

#: What `parameters` gets: texts, numbers and truth values, by names such as `settings.batch`.
Parameters = Mapping[str, str | int | float | bool]


@dataclass(frozen=True)
class TrackedRun:
    """One run, as a tracker is told of it."""

    name: str  #: `ring-mlp/r1-seed-0`: task and recipe, fit for a folder
    run_id: str  #: 16 hex digits; a run with other code, parameters or budget has another
    suite: str  #: a name for the project
    folder: Path  #: of the results


@runtime_checkable
class Tracker(Protocol):
    """Writes runs down elsewhere. Methods are called in this order, `metrics` once a step, in rising order.

    Whatever they raise is said once, and the trainings go on without the tracker.
    """

    def start(self, run: TrackedRun) -> Any:
        """A run begins; the one before has ended."""

    def parameters(self, values: Parameters) -> Any:
        """What decides its numbers, once."""

    def metrics(self, values: Mapping[str, float], step: int) -> Any:
        """Finite numbers at one step: `modes`, `real/modes` beside it, `training/generator_loss`, `alarm/NAME`."""

    def end(self, status: str) -> Any:
        """done, diverged, failed or timeout."""


@runtime_checkable
class SampleTracker(Tracker, Protocol):
    """A tracker that takes pictures as well."""

    def samples(self, picture: NDArray[np.uint8], step: int) -> Any:
        """(h, w, 3) pixels of samples, of the same latents at every evaluation; between `metrics` and `end`."""
