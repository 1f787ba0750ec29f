"""Detectors shown a whole recorded training."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.observation import Observation, is_training_loss


def observations(trace: Mapping[str, Iterable[float]]) -> Iterator[Observation]:
    """The steps of a trace: signal -> its value at every step, NaN where it was not measured."""
    names = list(trace)
    for step, values in enumerate(zip(*(trace[n] for n in names), strict=True), start=1):
        numbers = {n: v for n, v in zip(names, values, strict=True) if not not_measured(n, v)}
        yield Observation(step, numbers)


def replay(tracker: AlarmTracker, seen: Iterable[Observation]) -> AlarmTracker:
    """Show all observations; gives the tracker."""
    for observation in seen:
        tracker.update(observation)
    return tracker


def not_measured(name: str, value: float) -> bool:
    """Traces hold NaN where a signal was not measured; a loss or gradient is measured at every step, so NaN is news."""
    return math.isnan(value) and not (is_training_loss(name) or name.endswith("_gradient"))
