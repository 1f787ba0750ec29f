"""What alarms tell of runs: in which state each recipe's trainings ended, and how early alarms came.

An alarm of collapse is one of a detector of that family. Runs that collapsed by the board's verdict should have one
(else: missed), and runs that did not should have none (else: a false alarm). The lead of an alarm is the number of
steps from it to the evaluation from which on the run held fewer than half of the modes; evaluations are few, so it is
known only to the distance between two of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from gancheck.bench.run_result import RunResult
from gancheck.bench.training_state import STATES
from gancheck.detectors.base import Alarm

Row = dict[str, Any]
HALF = 0.5  #: share of modes held, below which a run is collapsed
ALL = "all"  #: the row of all recipes together
ALARM_COLUMNS = ("task", "strategy", "seed", "detector", "step", "severity", "recovered", "part_of")
FOUND = ("collapse_runs", "hits", "missed", "other_runs", "false_alarms", "lead")
STATE_COLUMNS = ("strategy", "runs", *STATES, "not_known", "alarms", "first_alarm", *FOUND)


def warnings_of(run: RunResult) -> list[Alarm]:
    """Its alarms, notices aside."""
    return [alarm for alarm in run.alarms or () if alarm.severity != "notice"]


def watched(runs: Iterable[RunResult]) -> list[RunResult]:
    """The runs that detectors have seen: a failed run may have no signals at all."""
    return [run for run in runs if run.alarms is not None and run.status in ("done", "diverged", "timeout")]


def alarm_rate(runs: Iterable[RunResult]) -> float | None:
    """Share of runs with a warning or worse."""
    seen = watched(runs)
    return sum(bool(warnings_of(run)) for run in seen) / len(seen) if seen else None


def first_alarm(runs: Iterable[RunResult]) -> float | None:
    """Median step of the first warning, over the runs that have one."""
    return middle([min(a.step for a in found) for run in watched(runs) if (found := warnings_of(run))])


def middle(values: list[int]) -> float | None:
    """Median; None of nothing."""
    return float(median(values)) if values else None


def onset(run: RunResult) -> int | None:
    """The evaluation from which on fewer than half of the modes are held, to the end; None where they are held."""
    found = None
    for step, share in sorted(run.modes_by_step.items(), reverse=True):
        if share >= HALF:
            return found
        found = step
    return found


def lead(run: RunResult, collapse: Collection[str]) -> int | None:
    """Steps from the first alarm of collapse that was not over by then to the loss of modes; below 0: it came later."""
    lost = onset(run) if run.collapsed else None
    if lost is None:
        return None
    alarms = [a.step for a in warnings_of(run) if a.detector in collapse and (a.recovered or lost) >= lost]
    return lost - min(alarms) if alarms else None


@dataclass(frozen=True)
class Detection:
    """How alarms of collapse agree with the verdict on runs."""

    collapse_runs: int  #: that collapsed
    hits: int  #: of these, with an alarm
    other_runs: int  #: that did not collapse
    false_alarms: int  #: of these, with an alarm
    lead: float | None  #: median over hits, in steps

    @classmethod
    def of(cls, runs: Iterable[RunResult], collapse: Collection[str]) -> Detection:
        """Of all finished runs whose verdict is known: a run that diverged is no matter of collapse."""
        known = [run for run in watched(runs) if run.status == "done" and run.collapsed is not None]
        told = [(bool(run.collapsed), any(a.detector in collapse for a in warnings_of(run))) for run in known]
        leads = [steps for run in known if (steps := lead(run, collapse)) is not None]
        bad, good = [alarm for is_bad, alarm in told if is_bad], [alarm for is_bad, alarm in told if not is_bad]
        return cls(len(bad), sum(bad), len(good), sum(good), middle(leads))

    def row(self) -> Row:
        """The columns `FOUND`."""
        return {**vars(self), "missed": self.collapse_runs - self.hits}


def state_row(name: str, runs: Collection[RunResult], collapse: Collection[str]) -> Row:
    """One recipe's row of states.csv."""
    seen = watched(runs)
    states: Row = {state: sum(run.state == state for run in seen) for state in STATES}
    facts: Row = {"strategy": name, "runs": len(seen), **states, "not_known": len(seen) - sum(states.values())}
    found = {"alarms": alarm_rate(seen), "first_alarm": first_alarm(seen)}
    return facts | found | Detection.of(seen, collapse).row()


def state_rows(rows: Mapping[str, Collection[RunResult]], collapse: Collection[str]) -> list[Row]:
    """One row a recipe that detectors have seen, and last the row of all."""
    known = {name: runs for name, runs in rows.items() if watched(runs)}
    every = [run for runs in known.values() for run in runs]
    return [state_row(name, runs, collapse) for name, runs in {**known, ALL: every}.items()] if known else []


def most_frequent(runs: Iterable[RunResult]) -> tuple[Alarm, int] | None:
    """One warning of the detector that most runs have warnings of, and their number."""
    found = [{alarm.detector: alarm for alarm in warnings_of(run)} for run in watched(runs)]
    count = Counter(name for alarms in found for name in alarms)
    if not count:
        return None
    name, number = count.most_common(1)[0]
    return next(alarms[name] for alarms in found if name in alarms), number


def alarm_table(runs: Iterable[RunResult]) -> list[Row]:
    """One row an alarm, by task, recipe, seed and step."""
    ordered = sorted(runs, key=lambda run: (run.task, run.recipe, run.seed))
    return [
        {"task": run.task, "strategy": run.recipe, "seed": run.seed}
        | {name: getattr(alarm, name) for name in ALARM_COLUMNS[3:]}
        for run in ordered
        for alarm in sorted(run.alarms or (), key=lambda a: a.step)
    ]
