"""Series of numbers for detectors, and what a tracker makes of them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import numpy as np

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm, Detector
from gancheck.detectors.loss_blocks import LossBlocks
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.detectors.replay import replay

Series = dict[str, Sequence[float]]


def noise(seed: int, n: int, deviation: float = 1.0, phi: float = 0.5) -> np.ndarray:
    """A stationary autoregression of first order."""
    shocks = np.random.default_rng(seed).normal(size=n)
    x = np.empty(n)
    x[0] = shocks[0]
    for t in range(1, n):
        x[t] = phi * x[t - 1] + math.sqrt(1 - phi**2) * shocks[t]
    return deviation * x


def seen(series: Series) -> list[Observation]:
    """One observation a step; None in a series is a signal that was not measured."""
    steps = zip(*series.values(), strict=True)
    rows = ({n: float(v) for n, v in zip(series, step, strict=True) if v is not None} for step in steps)
    return [Observation(step, numbers) for step, numbers in enumerate(rows, start=1)]


def alarms(detector: Detector, series: Series) -> list[Alarm]:
    """All alarms; an error of the detector's is raised."""
    tracker = replay(AlarmTracker({"it": detector}), seen(series))
    assert not tracker.failed
    return tracker.alarms


def survives(detector: Detector, fresh: Detector, series: Series, middle: int) -> bool:
    """Whether readings after a checkpoint are those without it."""
    for each in (detector, fresh):
        each.start()
    observations = [*map(LossBlocks().add, seen(series))]
    for observation in observations[:middle]:
        detector.update(observation)
    restore(fresh, json.loads(json.dumps(remembered(detector))))
    said = [(detector.update(o), fresh.update(o)) for o in observations[middle:]]
    return any(one is not None for one, _ in said) and all(one == other for one, other in said)
