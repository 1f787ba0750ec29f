"""Something about the data that should be known before training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Problem:
    """One finding: an error stops training, a warning harms it or its measurement, a note is good to know."""

    kind: str  #: such as "duplicates"
    severity: Severity
    text: str  #: one line for people: what was seen, and what to do
    evidence: Mapping[str, Any] = field(default_factory=dict)  #: the numbers behind it, JSON values only
