"""What a watcher said of a run, beside what was wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.detectors.calibration import calibrate, first_crossing, level_at, score
from benchmarks.detectors.causes import CAUSES, NOTHING, OTHER
from benchmarks.detectors.labels import Labelled
from benchmarks.detectors.replays import Seen
from gancheck.detectors.base import Alarm

RATE = 0.05  #: share of healthy runs of other programs with an alarm, where delays are compared at one rate
MERGED = 100  #: steps after an alarm in which further ones are no new false alarm

Names = Mapping[str, tuple[str, ...]]  #: detector -> the causes that it names


@dataclass(frozen=True)
class Verdict:
    """Of one run under one watcher."""

    what: Labelled
    score: float
    first: Alarm | None  #: the first warning at or after the onset
    named: str  #: the cause that is taken to be named
    crossed: int | None  #: the step at which the score exceeds the level of the shared rate of false alarms
    false: int  #: warnings, merged; of notices too:
    false_with_notices: int

    @property
    def cause(self) -> str:
        """What is right."""
        return self.what.run.case.what.cause if self.what.is_positive else NOTHING

    @property
    def delay(self) -> int | None:
        """Steps from the onset to the first warning."""
        return None if self.first is None else self.first.step - self.what.onset

    @property
    def delay_at_rate(self) -> int | None:
        """The same at the shared rate of false alarms; None too where the alarm came before the onset."""
        return None if self.crossed is None or self.crossed < self.what.onset else self.crossed - self.what.onset


def verdicts(labels: Sequence[Labelled], seen: Sequence[Seen], names: Names) -> list[Verdict]:
    """Of all runs; each is scored by the healthy runs of all programs but its own."""
    known = list(zip(labels, seen, strict=True))
    found = list[Verdict]()
    for program in dict.fromkeys(label.run.case.program for label in labels):
        others = [s for what, s in known if what.label == "healthy" and what.run.case.program != program]
        scales = calibrate(s.excess for s in others)
        level = level_at([score(s.excess, scales) for s in others], RATE)
        for what, s in known:
            if what.run.case.program == program:
                crossed = first_crossing(s.rises, scales, level)
                found.append(verdict(what, s, names, score(s.excess, scales), crossed))
    return found


def verdict(what: Labelled, seen: Seen, names: Names, scored: float, crossed: int | None) -> Verdict:
    """Of one run."""
    due = [alarm for alarm in seen.own if alarm.step >= what.onset]
    warnings = [alarm for alarm in due if alarm.severity != "notice"]
    said = named([*warnings, *due], names, what.run.case.what.cause if what.is_positive else "")
    counts = merged(seen.warnings), merged(seen.own)
    return Verdict(what, scored, warnings[0] if warnings else None, said, crossed, *counts)


def named(alarms: Sequence[Alarm], names: Names, right: str) -> str:
    """The cause of the first alarm, the right one if it may mean that; a notice that names no cause says nothing."""
    for alarm in alarms:
        causes = names.get(alarm.detector, ())
        if right in causes:
            return right
        if causes:
            return causes[0]
        if alarm.severity != "notice":
            return OTHER
    return NOTHING


def merged(alarms: Sequence[Alarm]) -> int:
    """Alarms, without those within a hundred steps of one that counts."""
    count, last = 0, -MERGED
    for step in sorted(alarm.step for alarm in alarms):
        if step - last >= MERGED:
            count, last = count + 1, step
    return count


def macro_f1(found: Sequence[Verdict]) -> float:
    """Mean over causes, and over nothing being wrong, of the harmonic mean of precision and recall."""
    pairs = Counter((v.cause, v.named) for v in found)
    truth = [cause for cause in (*CAUSES, NOTHING) if any(right == cause for right, _ in pairs)]
    scores = [f1(pairs, cause) for cause in truth]
    return sum(scores) / len(scores)


def f1(pairs: Counter[tuple[str, str]], cause: str) -> float:
    """Of one cause."""
    right = pairs[cause, cause]
    wrong = sum(count for (true, said), count in pairs.items() if (true == cause) != (said == cause))
    return 2 * right / (2 * right + wrong) if right else 0.0
