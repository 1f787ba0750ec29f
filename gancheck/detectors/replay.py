"""Detectors fed with a whole recorded trace."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from gancheck.detectors.base import Alarm, Detector


def replay(detectors: Mapping[str, Detector], trace: Mapping[str, Iterable[float]]) -> list[Alarm]:
    """Feed a whole trace to detectors; each raises at most one alarm, its first."""
    alarms = {}
    for made in detectors.values():
        made.start()
    names = list(trace)
    for step, values in enumerate(zip(*(trace[n] for n in names), strict=True), start=1):
        signals = {n: v for n, v in zip(names, values, strict=True) if not not_measured(n, v)}
        for name, made in detectors.items():
            if name not in alarms and (found := made.update(step, signals)):
                alarms[name] = Alarm(name, step, *found)
    return sorted(alarms.values(), key=lambda a: a.step)


def not_measured(name: str, value: float) -> bool:
    """Traces hold NaN where a signal was not measured; a loss or gradient is measured at every step, so NaN is news."""
    return math.isnan(value) and not name.endswith(("_loss", "_gradient"))
