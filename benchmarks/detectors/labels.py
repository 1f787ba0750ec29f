"""What was wrong with a run, by what was done to it and by how it came out; no detector has a say."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.detectors.programs.base import Outcome
from benchmarks.detectors.store import Run

Label = Literal["positive", "benign", "healthy", "harmless"]

LEVEL = 0.95  #: of the range in which a healthy run's outcome lies
FLOOR = 1e-3  #: outcomes are compared on logarithms, of what is above this


@dataclass(frozen=True)
class Labelled:
    """A run, and whether its outcome is worse than healthy ones'."""

    run: Run
    label: Label
    harmed_at: int | None  #: the first look from which on the outcome is worse, to the end; None where it is not

    @property
    def is_positive(self) -> bool:
        """Whether an alarm is due."""
        return self.label == "positive"

    @property
    def onset(self) -> int:
        """The first step that is wrong."""
        return self.run.onset


def labelled(runs: Sequence[Run]) -> list[Labelled]:
    """Every run with its label, by the healthy ones of its program."""
    limits = {program: limits_of([r for r in runs if is_healthy(r, program)]) for program in programs(runs)}
    return [label(run, limits[run.case.program]) for run in runs]


def programs(runs: Sequence[Run]) -> list[str]:
    """Names, in the order in which they come."""
    return list(dict.fromkeys(run.case.program for run in runs))


def is_healthy(run: Run, program: str) -> bool:
    """Whether it is an unchanged run of this program."""
    return run.case.program == program and run.case.is_healthy


def label(run: Run, limits: dict[int, Outcome]) -> Labelled:
    """One run's."""
    harmed = harmed_at(run, limits)
    if run.case.is_healthy:
        return Labelled(run, "healthy", None)
    if run.case.what.is_harmless:
        return Labelled(run, "harmless", harmed)
    return Labelled(run, "benign" if harmed is None else "positive", harmed)


def harmed_at(run: Run, limits: dict[int, Outcome]) -> int | None:
    """The first look, not before the onset, from which on every outcome is beyond the limits."""
    found = None
    for step, outcome in reversed(run.outcomes):
        if step < run.onset or not is_worse(outcome, limits[step]):
            break
        found = step
    return found


def is_worse(outcome: Outcome, limit: Outcome) -> bool:
    """Whether any part of it is."""
    return any(not math.isfinite(value) or value > limit[name] for name, value in outcome.items())


def limits_of(healthy: Sequence[Run]) -> dict[int, Outcome]:
    """Step -> the upper end of the range that holds the next healthy run with 95 %, all outcomes together."""
    looks = [step for step, _ in healthy[0].outcomes]
    at = {step: [dict(run.outcomes)[step] for run in healthy] for step in looks}
    return {
        step: {name: limit([o[name] for o in found], len(found[0])) for name in found[0]} for step, found in at.items()
    }


def limit(values: Sequence[float], parts: int) -> float:
    """The range of the next value, of which a fortieth part, shared by all outcomes, lies above."""
    from scipy.stats import t

    logs = [math.log(max(value, FLOOR)) for value in values]
    if len(logs) < 2:
        return values[0]
    width = float(t.ppf(1 - (1 - LEVEL) / 2 / parts, len(logs) - 1)) * math.sqrt(1 + 1 / len(logs))
    return math.exp(statistics.fmean(logs) + width * max(statistics.stdev(logs), 0.01))
