"""How unusual a detector's excess is among healthy runs of other programs: the scale on which detectors are compared.

A detector's threshold stays what it is. Its largest excess in a run becomes -log10 of the share of healthy runs of the
other programs that reach it, (1 + number) / (1 + runs), but not less than 1 in 20: below its threshold a detector
claims nothing, and not all of them spoke in equally many runs. Beyond all healthy runs, and beyond the threshold too,
it goes on by the logarithm of how far beyond, so that certain alarms are ranked among themselves. The score of a set of
detectors is the largest of its detectors'.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.detectors.replays import Rise

RAREST = math.log10(20)  #: level of what fewer healthy runs than that reach
MOST = 3.0  #: by which an excess beyond all healthy runs can count more


@dataclass(frozen=True)
class Scale:
    """Of one detector."""

    healthy: tuple[float, ...]  #: largest excesses in healthy runs, ascending

    def level(self, excess: float) -> float:
        """0 is usual; larger is more unusual."""
        if not self.healthy:
            return RAREST + self.beyond(excess) if excess > 0 else 0.0
        above = len(self.healthy) - bisect_left(self.healthy, excess)
        rank = min(-math.log10((1 + above) / (1 + len(self.healthy))), RAREST)
        return rank + (self.beyond(excess) if above == 0 and excess > 0 else 0.0)

    def beyond(self, excess: float) -> float:
        """How far an excess is beyond all that is healthy, from 0 to `MOST`."""
        last = max(self.healthy[-1], 0.0) if self.healthy else 0.0
        spread = last - self.healthy[len(self.healthy) // 2] if self.healthy else 1.0
        return min(math.log10(1 + (excess - last) / max(spread, 1e-3)), MOST) if math.isfinite(excess) else MOST


def calibrate(excesses: Iterable[Mapping[str, float]]) -> dict[str, Scale]:
    """Detector -> its scale, from the largest excesses in each of the healthy runs."""
    found: dict[str, list[float]] = {}
    for excess in excesses:
        for name, value in excess.items():
            found.setdefault(name, []).append(value)
    return {name: Scale(tuple(sorted(values))) for name, values in found.items()}


def score(excess: Mapping[str, float], scales: Mapping[str, Scale]) -> float:
    """Of a whole run: the most unusual detector's; 0 where none said anything."""
    return max((scales.get(name, Scale(())).level(value) for name, value in excess.items()), default=0.0)


def first_crossing(rises: Sequence[Rise], scales: Mapping[str, Scale], level: float) -> int | None:
    """The first step at which the score exceeds a level."""
    return next((step for step, name, value in rises if scales.get(name, Scale(())).level(value) > level), None)


def level_at(scores: Sequence[float], rate: float) -> float:
    """The lowest level that at most this share of scores exceeds."""
    ordered = sorted(scores)
    return ordered[max(0, math.ceil((1 - rate) * len(ordered)) - 1)] if ordered else 0.0
