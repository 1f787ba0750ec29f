"""One run: a program, a scenario in one severity, and a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.detectors.faults.all import ALL
from benchmarks.detectors.faults.base import Scenario
from benchmarks.detectors.programs.all import PROGRAMS
from benchmarks.detectors.programs.base import Program

SEEDS = 3  #: of every fault in every severity, and of every harmless change
HEALTHY_SEEDS = 10  #: the range of what is healthy needs more
FEW = 2  #: healthy runs of a quick try with one seed


@dataclass(frozen=True, order=True)
class Case:
    """Which run."""

    program: str
    scenario: str
    severity: int  #: 0 where nothing is changed
    seed: int

    @property
    def name(self) -> str:
        """Of its files."""
        return f"{self.program}_{self.scenario}_{self.severity}_{self.seed}"

    @property
    def what(self) -> Scenario:
        """The scenario."""
        return ALL[self.scenario]

    @property
    def is_healthy(self) -> bool:
        """Whether nothing is changed."""
        return self.severity == 0


def cases(programs: tuple[str, ...] = (), scenarios: tuple[str, ...] = (), seeds: int = SEEDS) -> list[Case]:
    """All runs, or those of some programs and scenarios; healthy ones are always among them."""
    chosen = [program for name, program in PROGRAMS.items() if not programs or name in programs]
    return [case for program in chosen for case in of_program(program, scenarios, seeds)]


def of_program(program: Program, scenarios: tuple[str, ...], seeds: int) -> Iterator[Case]:
    """Healthy runs first, since all others are measured by them."""
    healthy = HEALTHY_SEEDS if seeds > 1 else FEW
    yield from (Case(program.name, "healthy", 0, seed) for seed in range(healthy))
    for name, scenario in ALL.items():
        if scenario.sizes and scenario.fits(program) and (not scenarios or name in scenarios):
            sizes = range(1, len(scenario.sizes) + 1)
            yield from (Case(program.name, name, size, 100 + seed) for size in sizes for seed in range(seeds))
