"""What a scenario is: one change of a training, in up to three sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.detectors.programs.base import Program, Setup

When = Literal["design", "start", "onset"]  #: before models are built, after it, or in the middle of the loop
Change = Callable[[Any, float], None]  #: a training, and the size of the fault

ONSET = 0.4  #: share of the steps after which a fault of the middle begins


@dataclass(frozen=True)
class Scenario:
    """A fault, or a change that does no harm."""

    name: str
    about: str
    cause: str  #: the class that a detector must name; empty where the change is harmless
    tags: frozenset[str]  #: of which a program must have all
    sizes: tuple[float, ...]  #: mild, medium, strong
    when: When
    change: Change

    @property
    def is_harmless(self) -> bool:
        """Whether it counts as healthy whatever its outcome."""
        return not self.cause

    def fits(self, program: Program) -> bool:
        """Whether it makes sense there."""
        return self.tags <= program.tags

    def onset(self, steps: int) -> int:
        """The first step that is wrong."""
        return round(ONSET * steps) + 1 if self.when == "onset" else 1

    def apply(self, setup: Setup, when: When, severity: int) -> None:
        """The change, if it belongs to this moment."""
        if severity and when == self.when:
            self.change(setup, self.sizes[severity - 1])


SCENARIOS: dict[str, Scenario] = {}  #: filled by the modules of this folder


def nothing(setup: Setup, size: float) -> None:
    """A healthy training."""


HEALTHY = Scenario("healthy", "nothing is changed", "", frozenset(), (), "design", nothing)


def fault(name: str, cause: str, tags: str, sizes: Sequence[float], when: When = "start") -> Callable[[Change], Change]:
    """Make a function a scenario; its docstring's first line says what it does."""

    def take(change: Change) -> Change:
        about = (change.__doc__ or "").splitlines()[0].rstrip(".")
        SCENARIOS[name] = Scenario(name, about, cause, frozenset(tags.split()), tuple(sizes), when, change)
        return change

    return take


def harmless(name: str, tags: str, when: When = "start", size: float = 1.0) -> Callable[[Change], Change]:
    """The same for a change that does no harm, in one size."""
    return fault(name, "", tags, (size,), when)
