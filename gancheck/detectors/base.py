"""What a detector is: an online alarm that sees training signals, never the true modes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from gancheck.card import pin

T = TypeVar("T")


def detector(name: str, *, needs: tuple[str, ...]) -> Callable[[T], T]:
    """Make a dataclass that derives from `Detector` known as `name`; `needs` names the signals that it reads."""
    return pin("detector", name, needs=needs)


@dataclass(frozen=True)
class Alarm:
    """What a detector saw, and when."""

    detector: str
    step: int  #: the step at whose end the alarm was raised, counted from 1
    score: float  #: how strong the evidence is, in the detector's own unit
    evidence: str  #: one sentence with the numbers

    def row(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


class Detector(ABC):
    """Fed once per step, in order; parameters are dataclass fields, running state is set up in `start`."""

    @abstractmethod
    def start(self) -> None:
        """Forget everything: a run begins."""

    @abstractmethod
    def update(self, step: int, signals: Mapping[str, float]) -> tuple[float, str] | None:
        """Look at one step's signals; (score, evidence) raises the alarm.

        Signals of the engine: `discriminator_loss`, `discriminator_gradient` (norm), the same for `generator`,
        `real_logit`, `fake_logit` (means), and at some steps `diversity` (median distance between samples over that
        between real ones). A signal that was not measured at a step is absent; one that is not finite is there.
        """


def watch(detectors: Mapping[str, Detector], trace: Mapping[str, Iterable[float]]) -> list[Alarm]:
    """Feed a whole trace to detectors; each raises at most one alarm, its first."""
    alarms = {}
    for made in detectors.values():
        made.start()
    names = list(trace)
    for step, values in enumerate(zip(*(trace[n] for n in names), strict=True), start=1):
        signals = {n: v for n, v in zip(names, values, strict=True) if not absent(n, v)}
        for name, made in detectors.items():
            if name not in alarms and (found := made.update(step, signals)):
                alarms[name] = Alarm(name, step, *found)
    return sorted(alarms.values(), key=lambda a: a.step)


def absent(name: str, value: float) -> bool:
    """Traces hold NaN where a signal was not measured; a loss or gradient is measured at every step, so NaN is news."""
    return math.isnan(value) and not name.endswith(("_loss", "_gradient"))
