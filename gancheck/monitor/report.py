"""What a monitor found, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gancheck.detectors.base import Alarm
from gancheck.system.control_characters import escape_controls


def describe(steps: int, alarms: Sequence[Alarm], idle: Mapping[str, str], stopped: str = "") -> str:
    """Alarms in their order, what they explain beneath them, and the detectors that could say nothing."""
    lines = [f"{steps:,} steps watched: {count(len([a for a in alarms if not a.part_of]), 'alarm')}"]
    lines += [f"the monitor stopped measuring: {stopped}"] if stopped else []
    return "\n".join((*lines, *map(alarm_line, by_story(alarms)), *idle_lines(idle)))


def by_story(alarms: Sequence[Alarm]) -> Iterator[Alarm]:
    """Alarms in their order, but none before the one that explains it: a cause may be found later."""
    waiting: list[Alarm] = []
    shown: set[str] = set()
    for alarm in alarms:
        if alarm.part_of and alarm.part_of not in shown:
            waiting.append(alarm)
            continue
        yield alarm
        shown.add(alarm.detector)
        yield from (early for early in waiting if early.part_of == alarm.detector)
        waiting = [early for early in waiting if early.part_of != alarm.detector]
    yield from waiting


def alarm_line(alarm: Alarm) -> str:
    """An alarm as a line; what another explains stands beneath it."""
    over = f" Over at step {alarm.recovered:,}." if alarm.recovered is not None else ""
    return f"{'  ' if alarm.part_of else ''}- {escape_controls(alarm.sentence)}{over}"


def idle_lines(idle: Mapping[str, str]) -> Iterator[str]:
    """Detectors that could say nothing, together where they lack the same, the shortest line first."""
    groups: dict[str, list[str]] = {}
    for name, reason in sorted(idle.items()):
        groups.setdefault(lacking(reason), []).append(name)
    yield from ("could say nothing:",) if groups else ()
    lines = (f"- {escape_controls(reason)}: {', '.join(names)}" for reason, names in groups.items())
    yield from sorted(lines, key=len)


def lacking(reason: str) -> str:
    """What is lacked, without the names of the signals: `needs a: do this; needs b: do this` says it once."""
    if not reason.startswith("needs "):
        return reason
    calls = dict.fromkeys(part.partition(": ")[2] or part.removeprefix("needs ") for part in reason.split("; "))
    said = "; ".join(calls)
    return said if said.startswith("give ") else f"needs {said}"


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"no {noun}s" if number == 0 else f"{number} {noun}{'' if number == 1 else 's'}"
