"""From readings to alarms: several in a row, one story for one fault, and the end of it."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from gancheck.detectors.base import Alarm, Detector, Reading
from gancheck.detectors.loss_blocks import LossBlocks
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import parameters_of, remembered, restore_memory
from gancheck.detectors.signals import SIGNALS
from gancheck.errors import GancheckError
from gancheck.statistics.sequential import BlockMeans

log = logging.getLogger("gancheck")
Signature = tuple[str, ...]  #: names of the numbers of a step, then, after an empty one, those of its layers' numbers
SIGNATURES = 1_000  #: sets of signals that are remembered at most
STORY = 300  #: steps after an alarm in which what it explains is part of it


@dataclass
class Streak:
    """Readings in a row on one side."""

    suspicious: int = 0
    calm: int = 0
    active: int = -1  #: place of the alarm that is not over, in the list of alarms
    best: float = -math.inf  #: the largest excess that lasted for the detector's patience
    recent: list[float] = field(default_factory=list)

    def add(self, reading: Reading, patience: int) -> None:
        """Count one more reading."""
        excess = float(reading.excess)  # a plug-in's may be numpy's, which no saved state takes
        is_bad = excess > 0
        self.recent.append(excess if math.isfinite(excess) else math.inf if is_bad else -math.inf)
        del self.recent[:-patience]
        if len(self.recent) == patience:
            self.best = max(self.best, min(self.recent))
        self.suspicious, self.calm = (self.suspicious + 1, 0) if is_bad else (0, self.calm + 1)


class TrackerState(msgspec.Struct):
    """What a checkpoint keeps."""

    alarms: list[Alarm]
    failed: dict[str, str]
    seen: list[str]
    detectors: dict[str, dict[str, Any]]
    streaks: dict[str, Streak]
    blocks: dict[str, BlockMeans] = {}


class AlarmTracker:
    """Shows detectors every observation, and keeps their alarms.

    `explains` says of a detector which others' alarms follow from its own. A detector that raises an exception is left
    out from then on; the reason stands in `idle`.
    """

    def __init__(
        self,
        detectors: Mapping[str, Detector],
        needs: Mapping[str, tuple[str, ...]] | None = None,
        explains: Mapping[str, tuple[str, ...]] | None = None,
        reads: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.detectors, self.needs, self.explains = dict(detectors), dict(needs or {}), dict(explains or {})
        self.reads = dict(reads or {})  #: detector -> signals of which any will do, also patterns
        self.requirements: dict[str, str] = {}  #: signal -> what it takes here, where a general word would be wrong
        self.order = causes_first(self.detectors, self.explains)
        self.forget()

    def forget(self) -> None:
        """Begin afresh."""
        self.alarms: list[Alarm] = []
        self.failed: dict[str, str] = {}  #: detector -> what it raised
        self.seen: set[str] = set()  #: names of all signals so far
        self.streaks = {name: Streak() for name in self.detectors}
        self.blocks = LossBlocks()
        self.shown: dict[Signature, list[str]] = {}  #: names of a step's signals -> detectors that act on any
        for name in self.detectors:
            self.start(name)

    def update(self, seen: Observation) -> list[Alarm]:
        """Show one step; gives the alarms that begin at it."""
        seen = self.blocks.add(seen)
        signature = (*seen.numbers, "", *seen.layers)
        names = self.shown.get(signature)
        fresh: list[Alarm] = []
        for name in self.find_shown(signature) if names is None else names:
            detector = self.detectors[name]
            try:
                reading = detector.update(seen)
                if reading is not None:
                    fresh += self.count(name, detector, reading, seen.step)
            except Exception as error:  # whatever a plug-in does must not stop a training
                self.leave_out(name, error)
        return fresh

    def find_shown(self, signature: Signature) -> list[str]:
        """The detectors that act on any of a step's signals, causes first; kept, as most steps have the same ones."""
        signals = [name for name in signature if name]
        self.seen.update(signals)
        if len(self.shown) >= SIGNATURES:
            self.shown.clear()
        names = [n for n in self.order if n not in self.failed and acts_on(self.detectors[n], signals)]
        self.shown[signature] = names
        return names

    def count(self, name: str, detector: Detector, reading: Reading, step: int) -> Sequence[Alarm]:
        """Take one reading: the alarm that it begins, if any; and the end of one is written down."""
        streak = self.streaks[name]
        streak.add(reading, detector.patience)
        if streak.active < 0 and streak.suspicious >= detector.patience:
            streak.active = len(self.alarms)
            self.alarms.append(self.alarm(name, detector, reading, step))
            self.claim(self.alarms[-1])
            return self.alarms[-1:]
        if streak.active >= 0 and streak.calm >= detector.patience:
            self.alarms[streak.active] = self.alarms[streak.active].ends(step)
            streak.active = -1
        return ()

    def alarm(self, name: str, detector: Detector, reading: Reading, step: int) -> Alarm:
        """The alarm of a reading."""
        numbers = float(reading.statistic), float(reading.threshold)
        texts = reading.evidence, detector.cause, detector.advice, reading.where
        return Alarm(name, step, detector.severity, *numbers, *texts, part_of=self.story(name, step))

    def story(self, name: str, step: int) -> str:
        """The detector whose alarm explains one of this detector that begins now; empty where none does."""
        for alarm in reversed(self.alarms):
            is_near = alarm.recovered is None or step - alarm.recovered <= STORY
            cause = alarm.part_of or alarm.detector
            if name in self.explains.get(alarm.detector, ()) and is_near and cause != name:
                return cause
        return ""

    def claim(self, alarm: Alarm) -> None:
        """Alarms shortly before this one that it explains become part of its story, with all that followed from them: a
        cause may take longer to be sure of than what it leads to."""
        explained, root = self.explains.get(alarm.detector, ()), alarm.part_of or alarm.detector
        near = {a.detector for a in self.alarms if not a.part_of and alarm.step - a.step <= STORY}
        for place, other in enumerate(self.alarms):
            cause = other.part_of or other.detector
            if alarm.step - other.step <= STORY and cause in near and cause in explained and cause != root:
                self.alarms[place] = replace(other, part_of=root)

    def start(self, name: str) -> None:
        """Begin a detector's work; its own error ends it and nothing else."""
        try:
            self.detectors[name].start()
        except Exception as error:  # whatever a plug-in does must not stop a training
            self.leave_out(name, error)

    def leave_out(self, name: str, error: Exception) -> None:
        """A detector that failed is shown nothing more."""
        self.failed[name] = str(error) if isinstance(error, GancheckError) else f"{type(error).__name__}: {error}"
        self.shown.clear()

    @property
    def idle(self) -> dict[str, str]:
        """Detectors that say nothing, and why."""
        lacking = {n: [s for s in self.needs.get(n, ()) if s not in self.seen] for n in self.detectors}
        reasons = {
            n: "; ".join(f"needs {s}: {self.how_to_have(s)}" for s in names) for n, names in lacking.items() if names
        }
        unread = {n: self.lack_of(reads) for n, reads in self.reads.items() if reads and not self.has_read(n, reads)}
        stopped = {name: f"stopped by its own error, {what}" for name, what in self.failed.items()}
        return {**unread, **reasons, **stopped}

    def how_to_have(self, signal: str) -> str:
        """What it takes for a signal that was never seen."""
        return self.requirements.get(signal) or how_to_give(signal)

    def lack_of(self, reads: tuple[str, ...]) -> str:
        """What to say of a detector for which any of some signals would do, and none was there."""
        return f"has seen none of what it reads: {', '.join(reads)}; {self.how_to_have(reads[0])}"

    def has_read(self, name: str, reads: tuple[str, ...]) -> bool:
        """Whether a detector has given a reading, or seen one of the signals that it reads."""
        return bool(self.streaks[name].recent) or any(fnmatchcase(seen, each) for seen in self.seen for each in reads)

    def scores(self) -> dict[str, float]:
        """Of every detector the largest excess that lasted; -inf where it never said anything."""
        return {name: streak.best for name, streak in self.streaks.items()}

    def state_dict(self) -> dict[str, Any]:
        """All that is remembered, in plain values."""
        return {
            "detectors": {name: remembered(detector) for name, detector in self.detectors.items()},
            "streaks": {name: remembered(streak) for name, streak in self.streaks.items()},
            "alarms": [alarm.row() for alarm in self.alarms],
            "failed": dict(self.failed),
            "seen": sorted(self.seen),
            "blocks": remembered(self.blocks.blocks),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave. Detectors that it does not know start afresh, and so do those whose
        parameters are others now, since what they remember was made with the former ones. ValueError, with every
        detector afresh, for what is no such state."""
        self.forget()
        held = msgspec.convert(state, TrackerState)
        self.alarms = held.alarms
        self.failed = {name: what for name, what in held.failed.items() if name in self.detectors}
        self.seen = set(held.seen)
        self.blocks = LossBlocks(held.blocks)
        for name in self.detectors.keys() & held.detectors.keys():
            self.go_on(name, held.detectors[name], held.streaks.get(name, Streak()))

    def go_on(self, name: str, kept: Mapping[str, Any], streak: Streak) -> None:
        """One detector from its own state; where that is none of its kind, the detector starts afresh."""
        detector = self.detectors[name]
        changed = [key for key, value in parameters_of(detector).items() if kept.get(key, value) != value]
        if changed:
            log.warning("gancheck: %s starts afresh: not saved with the same %s", name, ", ".join(changed))
            self.streaks[name].active = streak.active
            return
        try:
            restore_memory(detector, kept)
            self.streaks[name] = streak
        except (TypeError, ValueError, AttributeError, LookupError, RecursionError) as error:
            log.warning("gancheck: %s starts afresh: its state is damaged (%s)", name, error)
            self.start(name)


def acts_on(detector: Detector, signals: Sequence[str]) -> bool:
    """Whether a detector does anything at a step with these signals."""
    named = detector.acts_on
    return not named or any(fnmatchcase(signal, each) for signal in signals for each in named)


def how_to_give(name: str) -> str:
    """How a training gives a signal."""
    known = SIGNALS.get(name)
    return known.how if known else f"monitor.log({name}=...)"


def causes_first(names: Iterable[str], explains: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Detectors in an order in which causes come before what they explain, so that alarms of one step are one story."""
    return sorted(names, key=lambda name: -len(consequences(name, explains)))


def consequences(name: str, explains: Mapping[str, tuple[str, ...]]) -> set[str]:
    """All detectors whose alarms may follow from one's, directly or through others."""
    found, left = set[str](), [name]
    while left:
        fresh = set(explains.get(left.pop(), ())) - found
        found |= fresh
        left += fresh
    return found
