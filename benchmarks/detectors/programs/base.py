"""What a program is: a small training, its tags, and how its outcome is measured, which no detector sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Outcome = dict[str, float]  #: lower is better, all of them positive; NaN is as bad as can be

LOOKS = 10  #: times that the outcome is measured


@dataclass(frozen=True)
class Finished:
    """A training that is over."""

    outcomes: list[tuple[int, Outcome]]  #: by step
    stopped: str  #: why the monitor stopped measuring; empty where it did not


class Setup(Protocol):
    """A training before it runs, open to whatever a fault changes."""

    steps: int

    def build(self) -> None:
        """Make the models; faults of the architecture come before, those of the weights after."""

    def run(self, trace: Path, at: Callable[[int], None]) -> Finished:
        """The ordinary loop, with `at(step)` called before each step."""


@dataclass(frozen=True)
class Program:
    """A training by name; faults apply to programs by their tags."""

    name: str
    tags: frozenset[str]
    setup: Callable[[int], Setup]  #: seed -> a training


def is_look(step: int, steps: int) -> bool:
    """Whether the outcome is measured at this step: ten times, the last step among them."""
    return step % max(1, steps // LOOKS) == 0 or step == steps
