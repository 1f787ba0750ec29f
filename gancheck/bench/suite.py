"""A suite: a versioned TOML file that fixes grid, budget and protocol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

from gancheck.bench.task import Task
from gancheck.bench.track import TUNING_SEEDS, Track
from gancheck.errors import BadParameter, BadSuite, refuse_unknown
from gancheck.strategies.untreated import UNTREATED

#: Whole numbers of a suite, and the least that each can be.
COUNTS = {"seeds": 1, "block": 1, "first_seed": 0}

MOST = 2 * TUNING_SEEDS  #: of each
LONGEST = 100  #: characters of a name


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
    track: Track = "default"  #: parameters as they come, or chosen by "tuning"; the version says so too
    base: str = UNTREATED  #: the recipe to which gains and costs refer

    def __post_init__(self) -> None:
        if not self.tasks or not self.recipes:
            raise BadSuite("a suite needs at least one [[task]] and a list of recipes")
        for name, least in COUNTS.items():
            if not least <= getattr(self, name) < MOST:
                raise BadParameter(
                    f"{name} = {getattr(self, name)} must be a whole number of at least {least}, below {MOST:,}"
                )
        for what, name in (("name", self.name), ("version", self.version)):
            refuse_name_of_path(what, name)
        refuse_unknown(self.track, get_args(Track), "the track of a suite", BadSuite)
        if (self.track == "tuning") != (self.first_seed >= TUNING_SEEDS) or self.reaches_tuning_seeds:
            raise BadSuite(
                f"seeds from {TUNING_SEEDS:,} on are for tuning (gancheck tune), which has no others, and are never "
                f"ranked; first_seed = {self.first_seed} with track = '{self.track}' mixes them"
            )

    @property
    def reaches_tuning_seeds(self) -> bool:
        """Whether some seeds, not all, are for tuning."""
        return self.first_seed < TUNING_SEEDS <= self.last_seed

    @property
    def last_seed(self) -> int:
        """Of the last block."""
        return self.first_seed + -(-self.seeds // self.block) * self.block - 1

    def on_track(self, track: Track) -> Suite:
        """The suite on another track: its version names every track but the default one."""
        bare = self.version.removesuffix(f"+{self.track}")
        first = TUNING_SEEDS if track == "tuning" else self.first_seed
        return replace(self, version=bare if track == "default" else f"{bare}+{track}", track=track, first_seed=first)

    @property
    def blocks(self) -> list[tuple[int, ...]]:
        """The seeds of every block."""
        starts = range(self.first_seed, self.first_seed + self.seeds, self.block)
        return [tuple(range(start, start + self.block)) for start in starts]


def refuse_name_of_path(what: str, name: str) -> None:
    """BadSuite for a name that would lead to another folder, as results lie in one of its name."""
    is_plain = name.isprintable() and not name.startswith(".") and not {"/", "\\"} & set(name)
    if not (is_plain and 0 < len(name) <= LONGEST):
        raise BadSuite(
            f"{what} = '{name[:LONGEST]}': results lie in folders of this name, so it holds 1 to {LONGEST} printable "
            "characters without / and \\, and begins with no dot"
        )
