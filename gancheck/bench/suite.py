"""A suite: a versioned TOML file that fixes grid, budget and protocol."""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.bench.task import Task
from gancheck.errors import BadParameter, BadSuite

#: Whole numbers of a suite, and the least that each can be.
COUNTS = {"seeds": 1, "block": 1, "first_seed": 0}


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

    def __post_init__(self) -> None:
        if not self.tasks or not self.recipes:
            raise BadSuite("a suite needs at least one [[task]] and a list of recipes")
        for name, least in COUNTS.items():
            if getattr(self, name) < least:
                raise BadParameter(f"{name} = {getattr(self, name)} must be a whole number of at least {least}")

    @property
    def blocks(self) -> list[tuple[int, ...]]:
        """The seeds of every block."""
        starts = range(self.first_seed, self.first_seed + self.seeds, self.block)
        return [tuple(range(start, start + self.block)) for start in starts]
