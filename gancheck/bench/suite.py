"""A suite: a versioned TOML file that fixes grid, budget and protocol."""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.bench.task import Task


@dataclass(frozen=True)
class Suite:
    """Tasks x recipes x seeds."""

    name: str
    version: str
    tasks: tuple[Task, ...]
    recipes: tuple[str, ...]
    about: str = ""
    seeds: int = 5  #: rounded up to whole blocks
    block: int = 5  #: seeds trained together
    first_seed: int = 0  #: seeds from 1,000 on are for calibration, and are never ranked

    @property
    def blocks(self) -> list[tuple[int, ...]]:
        """The seeds of every block."""
        starts = range(self.first_seed, self.first_seed + self.seeds, self.block)
        return [tuple(range(start, start + self.block)) for start in starts]
