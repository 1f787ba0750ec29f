"""What is said of one thing, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Fact:
    """One thing that was looked at."""

    name: str
    value: str
    advice: str = ""  #: what to do about it; empty where nothing is to be done
    severity: Severity = "good"  #: bad: commands fail or numbers are wrong; note: something is missing or slower


@dataclass(frozen=True)
class Section:
    """The facts on one subject."""

    title: str
    facts: tuple[Fact, ...]
