"""A suite: a versioned TOML file that fixes grid, budget and protocol."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gancheck import parameters
from gancheck.catalogue import Catalogue
from gancheck.datasets.base import Dataset
from gancheck.errors import BadParameter, BadSuite, GancheckError, UnknownName, did_you_mean
from gancheck.fitting import fitting
from gancheck.gans import Gan
from gancheck.recipe import Recipe
from gancheck.settings import Budget, Optimiser, Settings
from gancheck.share import share

Table = dict[str, Any]


@dataclass(frozen=True)
class Protocol:
    """How generators are measured."""

    metrics: tuple[str, ...] = ()  #: names; empty: every metric that the data allows
    samples: int = 10_000  #: per evaluation; neighbour metrics take fewer

    def __post_init__(self) -> None:
        if self.samples < 100:
            raise BadParameter(f"samples = {self.samples}: under 100 no metric means anything")


@dataclass(frozen=True)
class Named:
    """A plug-in's name and the parameters that the suite sets."""

    name: str
    values: Table = field(default_factory=dict)

    @classmethod
    def read(cls, value: Any, what: str) -> Named:
        """From `"ring8"`, `"ring(modes=16)"` or `{ name = "ring", modes = 16 }`."""
        if isinstance(value, str):
            return cls(*parameters.parse_call(value))
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            return cls(value["name"], {k: v for k, v in value.items() if k != "name"})
        raise BadSuite(f"{what} must be a name or a table with a name, not {value!r}")


@dataclass(frozen=True)
class Task:
    """One dataset with one GAN, and what both are trained and measured with."""

    name: str  #: of the dataset's side; tasks of a suite differ in it
    dataset: Named
    gan: Named
    settings: Settings = field(default_factory=Settings)
    budget: Budget = field(default_factory=Budget)
    protocol: Protocol = field(default_factory=Protocol)
    title: str = ""  #: of the GAN's side; empty: the GAN's name
    knob: str = ""  #: of a ladder: what makes this task harder than the others of the same knob
    level: float = 1.0  #: of the knob; more is harder

    def __post_init__(self) -> None:
        if not 0 < self.level < math.inf:
            raise BadParameter(f"level = {self.level:g}: levels of a knob are above 0, and more is harder")

    @property
    def label(self) -> str:
        """As tables show it, such as `ring/mlp`."""
        return f"{self.name}/{self.title or self.gan.name}"

    def build_dataset(self, catalogue: Catalogue) -> Dataset:
        """The dataset object."""
        made: Dataset = catalogue.build("dataset", self.dataset.name, **self.dataset.values)
        return made

    def build_gan(self, catalogue: Catalogue) -> Gan:
        """The GAN object."""
        made: Gan = catalogue.build("gan", self.gan.name, **self.gan.values)
        return made


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

    @classmethod
    def load(cls, name: str | Path, catalogue: Catalogue) -> Suite:
        """Read a suite by its name or from a .toml file, and check every name and parameter in it."""
        path = find(name)
        try:
            text = path.read_text(encoding="utf-8")
            return Reader(tomllib.loads(text), path.stem).suite(catalogue)
        except tomllib.TOMLDecodeError as error:
            raise BadSuite(f"{path.name}: {error}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise BadSuite(f"{path} cannot be read: {error}") from error
        except GancheckError as error:
            raise type(error)(f"{path.name}{line_of(text, str(error))}: {error}") from error


def find(name: str | Path) -> Path:
    """The suite file behind a name."""
    given = Path(name)
    if given.suffix == ".toml" or given.parent != Path():
        if given.is_file():
            return given
        hint = did_you_mean(given.stem, names())
        raise BadSuite(f"{given}: there is no such suite file.{hint} (gancheck list suites)")
    known = names()
    if given.name not in known:
        raise UnknownName(f"unknown suite '{name}'.{did_you_mean(str(name), known)} (gancheck list suites)")
    return known[given.name]


def names() -> dict[str, Path]:
    """The suites that come with gancheck."""
    return {path.stem: path for path in sorted(share("suites").glob("*.toml"))}


def line_of(text: str, message: str) -> str:
    """`, line 14` for the line that holds most of what the message names; what it names last says most."""
    about = message.partition(" Did you mean")[0]
    named = [n.strip("'") for found in re.findall(r"'([^']+)'|(\w+) = ([^\s:;,]+)", about) for n in found if n]
    lines = [line.partition("#")[0] for line in text.splitlines()]
    weights = [sum(2**i for i, name in enumerate(named) if mentions(line, name)) for line in lines]
    best = max(weights, default=0)
    return f", line {weights.index(best) + 1}" if best else ""


def mentions(line: str, name: str) -> bool:
    """Whether a line holds a name as a word of its own."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line) is not None


#: Whole numbers of a suite, and the least that each can be.
COUNTS = {"seeds": 1, "block": 1, "first_seed": 0}


class Reader:
    """Turns a TOML table into a suite; every unknown key is an error."""

    KEYS = (
        "name",
        "version",
        "about",
        "seeds",
        "block",
        "first_seed",
        "budget",
        "training",
        "evaluation",
        "recipes",
        "task",
    )
    TASK = ("name", "dataset", "gan", "budget", "training", "evaluation", "knob", "level")

    def __init__(self, table: Table, name: str) -> None:
        self.table, self.name = table, name

    def suite(self, catalogue: Catalogue) -> Suite:
        """The suite, every plug-in in it built once to check its parameters."""
        table = self.table
        known(table, self.KEYS, "a suite")
        tasks = tuple(map(self.task, parameters.convert(table.get("task", []), list[Table], "task")))
        recipes = parameters.convert(table.get("recipes", []), tuple[str, ...], "recipes")
        if not tasks or not recipes:
            raise BadSuite("a suite needs at least one [[task]] and a list of recipes")
        labels = [t.label for t in tasks]
        if twice := sorted({x for x in labels if labels.count(x) > 1}):
            raise BadSuite(f"two tasks are called '{twice[0]}'; give one of them a name = \"...\"")
        rungs = [(t.knob, t.level, t.title or t.gan.name) for t in tasks if t.knob]
        if again := [x for x in rungs if rungs.count(x) > 1]:
            raise BadSuite(f"the knob '{again[0][0]}' has level = {again[0][1]:g} twice; every level is one task")
        counts = {k: whole(table[k], k, least) for k, least in COUNTS.items() if k in table}
        about, version = str(table.get("about", "")), str(table.get("version", "1"))
        made = Suite(str(table.get("name", self.name)), version, tasks, recipes, about, **counts)
        return replace(made, recipes=checked(made, catalogue))

    def task(self, table: Table) -> Task:
        """One [[task]]; what it does not say is the suite's."""
        known(table, self.TASK, "a task")
        for key in ("dataset", "gan"):
            if key not in table:
                raise BadSuite(f"a task needs a {key}")
        dataset, gan = Named.read(table["dataset"], "dataset"), Named.read(table["gan"], "gan")
        return Task(
            name=str(table.get("name", dataset.name)),
            dataset=dataset,
            gan=gan,
            settings=training(self.merged(table, "training")),
            budget=parameters.build(Budget, self.merged(table, "budget"), "budget"),
            protocol=parameters.build(Protocol, self.merged(table, "evaluation"), "evaluation"),
            **rung(table),
        )

    def merged(self, task: Table, key: str) -> Table:
        """A section of the suite, overlaid with the task's."""
        return {**section(self.table, key), **section(task, key)}


#: What a task of a ladder says, both or neither.
RUNG = {"knob": str, "level": float}


def rung(table: Table) -> Table:
    """Where a task stands on a ladder: a knob and its level, or neither."""
    there = [key for key in RUNG if key in table]
    if len(there) == 1:
        raise BadSuite(f"a task with a '{there[0]}' needs both, what makes it harder and how hard it is")
    return {key: parameters.convert(table[key], kind, key) for key, kind in RUNG.items() if key in table}


def section(table: Table, key: str) -> Table:
    """A table inside a table; empty where there is none."""
    found: Table = parameters.convert(table.get(key, {}), Table, key)
    return found


def known(table: Mapping[str, Any], keys: tuple[str, ...], what: str) -> None:
    """Refuse keys that mean nothing."""
    for key in table:
        if key not in keys:
            raise UnknownName(f"{what} has no key '{key}'.{did_you_mean(key, keys)} It takes {', '.join(keys)}")


def whole(value: Any, what: str, least: int) -> int:
    """A whole number, not too small."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise BadParameter(f"{what} = {value!r} must be a whole number of at least {least}")
    return value


def training(table: Table) -> Settings:
    """The [training] section: batch, critic_steps, optimiser, and players = { discriminator = { lr = ... } }."""
    base, own = section(table, "optimiser"), section(table, "players")
    default = parameters.build(Optimiser, base, "optimiser")
    players = {
        name: parameters.build(Optimiser, {**base, **section(own, name)}, f"optimiser of the {name}") for name in own
    }
    rest = {k: v for k, v in table.items() if k not in ("optimiser", "players")}
    known(rest, ("batch", "critic_steps", "optimiser", "players"), "training")
    counts = parameters.build(Settings, rest, "training")
    return replace(counts, default=default, players=players)


def checked(suite: Suite, catalogue: Catalogue) -> tuple[str, ...]:
    """Build every plug-in once; the recipes' labels as tables show them."""
    recipes = [Recipe.parse(text, catalogue) for text in suite.recipes]
    for task in suite.tasks:
        fitting(task, catalogue)
        if task.settings.players:
            known(task.settings.players, players(task, recipes, catalogue), "players")
    labels = [recipe.label for recipe in recipes]
    if twice := sorted({x for x in labels if labels.count(x) > 1}):
        raise BadSuite(f"recipe '{twice[0]}' stands in the suite twice")
    return tuple(labels)


def players(task: Task, recipes: list[Recipe], catalogue: Catalogue) -> tuple[str, ...]:
    """The names of everybody whom the recipes train on a task."""
    gan, data = task.build_gan(catalogue), task.build_dataset(catalogue).spec
    casts = [recipe.players(gan, data).modules for recipe in recipes if not recipe.supports(gan, data)]
    return tuple(dict.fromkeys(["generator", "discriminator", *(name for cast in casts for name in cast)]))
