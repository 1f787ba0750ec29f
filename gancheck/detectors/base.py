"""What a detector is: an online alarm that sees training signals, never the true modes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from gancheck.plugins.info import plugin

T = TypeVar("T")


def detector(name: str, *, needs: tuple[str, ...]) -> Callable[[T], T]:
    """Make a dataclass that derives from `Detector` known as `name`; `needs` names the signals that it reads."""
    return plugin("detector", name, needs=needs)


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

        Signals of gancheck's loop: `discriminator_loss`, `discriminator_gradient` (norm), the same for `generator`,
        `real_logit`, `fake_logit` (means), and at some steps `diversity` (median distance between samples over that
        between real ones). A signal that was not measured at a step is absent; one that is not finite is there.
        """
