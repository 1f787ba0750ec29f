"""Our own trace: JSON lines of observations (`gc.watch(..., trace=...)`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gancheck.detectors.observation import Observation
from gancheck.monitor.readers.recording import Recording
from gancheck.monitor.readers.steps import without_redone
from gancheck.monitor.trace import FORMAT
from gancheck.system.counts import say_count


def is_trace(text: str) -> bool:
    """Whether the first line is a trace's header, or an observation."""
    row = row_of(text.lstrip().partition("\n")[0])
    return row.get("format") == FORMAT or {"step", "numbers"} <= row.keys()


def read_trace(text: str, source: str) -> Recording:
    """Every observation; a line that is none is left out, and counted."""
    lines = [line for line in text.splitlines() if line.strip()]
    found = [observation_of(line) for line in lines]
    kept, notes = without_redone([seen for seen in found if seen is not None])
    return Recording(source, "a trace of gancheck", tuple(kept), (*foreign(lines, found), *notes))


def observation_of(line: str) -> Observation | None:
    """The observation of a line, or None where it is a header, an alarm or damaged."""
    try:
        return Observation.from_row(row_of(line))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def foreign(lines: list[str], found: list[Observation | None]) -> Iterator[str]:
    """What was left out: a last line that is cut off, and others that are no observations."""
    bad = [n for n, line in enumerate(lines) if found[n] is None and not {"format", "alarm"} & row_of(line).keys()]
    if bad and bad[-1] == len(lines) - 1:
        yield "the last line, which is cut off"
        bad.pop()
    if bad:
        yield f"{say_count(len(bad), 'line')} that are no observations, the first of them line {bad[0] + 1}"


def row_of(line: str) -> dict[str, Any]:
    """The JSON object of a line; empty where it is none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}
