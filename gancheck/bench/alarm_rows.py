"""Alarms as rows of a run's file, and back.

Cause and advice are the detector's own words and the same every time, so a row leaves them out. Folders of version 0.1
hold rows of another form: a `score` instead of statistic and threshold, and no severity. They are read as warnings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gancheck.detectors.base import Alarm
from gancheck.detectors.observation import plain
from gancheck.detectors.replay import observations, replay
from gancheck.detectors.selection import track
from gancheck.plugins.registry import Registry

TEXTS = ("cause", "advice")  #: what a row leaves out


def find_alarms(registry: Registry, trace: Mapping[str, Iterable[float]]) -> list[Alarm]:
    """What the standard detectors say of a whole training."""
    return replay(track("standard", registry), observations(trace)).alarms


def alarm_row(alarm: Alarm) -> dict[str, Any]:
    """One line of a run's file; numbers that are not finite are words, which JSON has."""
    row = {name: plain(v) if isinstance(v, float) else v for name, v in alarm.row().items() if name not in TEXTS}
    return {"kind": "alarm", **row}


def read_alarm(row: Mapping[str, Any]) -> Alarm:
    """The alarm of a line, of this version or the first."""
    if "score" in row:
        return Alarm(row["detector"], row["step"], "warning", float(row["score"]), math.nan, row.get("evidence", ""))
    facts = {name: value for name, value in row.items() if name != "kind"}
    numbers = {name: float(row[name]) for name in ("statistic", "threshold")}
    return Alarm(**{**facts, **numbers})


def explain(alarm: Alarm, registry: Registry) -> Alarm:
    """The same alarm with its detector's cause and advice; as it is where the detector is not known any more."""
    found = registry.table("detector").get(alarm.detector)
    if found is None:
        return alarm
    return replace(alarm, cause=getattr(found.thing, "cause", ""), advice=getattr(found.thing, "advice", ""))
