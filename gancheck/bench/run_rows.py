"""What the lines of a run's file hold, as types. Folders come from anywhere: a line that holds anything else is refused
before boards and reports look at it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from gancheck.bench.run_result import Kind, Status

Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Number = float | None
NUMBERS = {"severity", "statistic", "threshold", "evidence"}  #: of an alarm, but for those of version 0.1
Word = float | Literal["nan", "inf", "-inf"]  #: a number that may not be finite, for which JSON has no number


class ValueRow(msgspec.Struct, tag_field="kind", tag="value"):
    """A metric at one evaluation, and that of the real draw."""

    step: Count
    metric: str
    value: Number
    real: Number
    error: str = ""


class ModesRow(msgspec.Struct, tag_field="kind", tag="modes"):
    """How many samples of high quality every mode got."""

    step: Count
    samples: Count
    counts: list[Count]


class YardstickRow(msgspec.Struct, tag_field="kind", tag="yardstick"):
    """A metric of what nobody trained."""

    name: str
    metric: str
    value: Number


class AlarmRow(msgspec.Struct, tag_field="kind", tag="alarm", forbid_unknown_fields=True):
    """A detector's alarm; version 0.1 had a score alone."""

    detector: str
    step: Count
    severity: Literal["notice", "warning", "fatal"] = "warning"
    statistic: Word = "nan"
    threshold: Word = "nan"
    evidence: str = ""
    where: str = ""
    part_of: str = ""
    recovered: Count | None = None
    score: Word = "nan"


class Outcome(msgspec.Struct, tag_field="kind", tag="outcome"):
    """How the run ended."""

    status: Status
    reason: str
    seconds: float
    modes: Count
    table: Kind
    state: str | None = None
    path: str = ""
    path_reason: str = ""
    cpu_seconds: Number = None
    evaluation_seconds: float = 0.0
    seconds_per_1000: Number = None
    sampling_seconds_per_1000: Number = None
    peak_memory: Number = None


def check_rows(rows: list[dict[str, Any]], outcome: dict[str, Any]) -> None:
    """ValueError where lines are none of a run's file."""
    msgspec.convert(rows, list[ValueRow | ModesRow | YardstickRow | AlarmRow])
    for row in (row for row in rows if row["kind"] == "alarm" and "score" not in row):
        if lacking := sorted(NUMBERS - row.keys()):
            raise ValueError(f"an alarm lacks {', '.join(lacking)}")
    msgspec.convert(outcome, Outcome)
