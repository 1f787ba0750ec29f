"""What a detector is: a statistic of training signals that tells when something goes wrong. It sees no true modes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Literal, TypeVar

from gancheck.detectors.observation import Observation
from gancheck.errors import BadPlugin, refuse_unknown
from gancheck.plugins.info import plugin

T = TypeVar("T")
Severity = Literal["notice", "warning", "fatal"]
SEVERITIES: tuple[Severity, ...] = ("notice", "warning", "fatal")


def detector(
    name: str,
    *,
    needs: tuple[str, ...],
    reads: tuple[str, ...] = (),
    family: str = "other",
    explains: tuple[str, ...] = (),
    paper: str = "",
) -> Callable[[T], T]:
    """Make a dataclass that derives from `Detector` known as `name`.

    `needs` names the signals without which it can say nothing (`gancheck.detectors.signals`); `reads` those of which
    any will do, also as a pattern (`metric_*`): they are measured for it where the preset allows. `explains` names the
    detectors whose alarms are a consequence of this one's: a loss that diverges explains numbers that are not finite.
    BadPlugin where the class has a severity that there is not.
    """
    mark = plugin("detector", name, needs=needs, reads=reads, family=family, explains=explains, paper=paper)

    def decorate(thing: T) -> T:
        severity = getattr(thing, "severity", Detector.severity)
        refuse_unknown(str(severity), SEVERITIES, f"the severity of detector '{name}'", BadPlugin)
        return mark(thing)

    return decorate


@dataclass(frozen=True)
class Reading:
    """A detector's statistic at one step, and where the alarm begins."""

    statistic: float
    threshold: float
    evidence: str = ""  #: what was seen, with the numbers
    where: str = ""  #: the layer, player or mode
    below: bool = False  #: whether small statistics are the suspicious ones

    @property
    def excess(self) -> float:
        """How far on the wrong side of the threshold; above 0 is suspicious."""
        return self.threshold - self.statistic if self.below else self.statistic - self.threshold

    @property
    def is_suspicious(self) -> bool:
        """Whether the statistic is beyond its threshold; never where it is NaN."""
        return self.excess > 0


@dataclass(frozen=True)
class Alarm:
    """What a detector saw, and when."""

    detector: str
    step: int  #: the step at whose end the alarm was raised, counted from 1
    severity: Severity
    statistic: float
    threshold: float
    evidence: str  #: what was seen, with the numbers
    cause: str = ""  #: what is likely behind it
    advice: str = ""  #: what to try
    where: str = ""  #: the layer, player or mode
    part_of: str = ""  #: the detector whose alarm explains this one
    recovered: int | None = None  #: the step at which it was over

    @property
    def sentence(self) -> str:
        """All of it for a reader."""
        place = f" in {self.where}" if self.where else ""
        sizes = f"{self.statistic:.3g} against {self.threshold:.3g}"
        said = f"step {self.step:,}: {self.detector}{place} ({self.severity}, {sizes}): {self.evidence}"
        because = f" Follows from {self.part_of}." if self.part_of else f" Likely: {self.cause}." if self.cause else ""
        return f"{said}.{because}" + (f" Try: {self.advice}." if self.advice and not self.part_of else "")

    def row(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    def ends(self, step: int) -> Alarm:
        """The same alarm, over at a step."""
        return replace(self, recovered=step)


class Detector(ABC):
    """Shown every step in order, or those with a signal that it acts on; parameters are dataclass fields, what it
    remembers are fields with `init=False`.

    What it remembers is set up in `start`, and holds numbers, strings, lists, dictionaries of these, and dataclasses
    of such fields, so that a monitor's state can be kept with a checkpoint.
    """

    severity: ClassVar[Severity] = "warning"
    patience: ClassVar[int] = 2  #: readings in a row on the wrong side before an alarm, and on the right one after it
    #: Signals, also as patterns (`*_loss`), of which one must be there for `update` to do anything: steps without any
    #: are not shown, which spares most of a monitor's cost. Empty: every step is shown.
    acts_on: ClassVar[tuple[str, ...]] = ()
    cause: ClassVar[str] = ""  #: what is likely behind an alarm; completes "Likely: "
    advice: ClassVar[str] = ""  #: what to try; completes "Try: "

    @abstractmethod
    def start(self) -> None:
        """Forget everything: a run begins."""

    @abstractmethod
    def update(self, seen: Observation) -> Reading | None:
        """The statistic at this step; None where this step says nothing new.

        A signal that was not measured is absent, and a number may be NaN or infinite: neither may stop the detector.
        """
