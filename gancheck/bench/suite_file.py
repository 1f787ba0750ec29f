"""Reading suites from TOML: every name and parameter is checked, every unknown key is an error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch

from gancheck.bench.suite import COUNTS, Suite
from gancheck.bench.task import EvaluationProtocol, PluginSpec, Table, Task
from gancheck.bench.track import Track
from gancheck.bench.validation import validate_task, validate_yardstick
from gancheck.errors import BadParameter, BadSuite, GancheckError, UnknownName, did_you_mean, refuse_unknown
from gancheck.gans.players import LEADS
from gancheck.gans.settings import Budget, Optimiser, Settings
from gancheck.plugins import parameters
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.strategies.untreated import UNTREATED
from gancheck.system.resources import share
from gancheck.training.look import SeedLook


def load_suite(name: str | Path, registry: Registry) -> Suite:
    """Read a suite by its name or from a .toml file, and check every name and parameter in it.

    Raises UnknownName, BadSuite or BadParameter, with the file and the line where it is known.
    """
    path = find_suite(name)
    table, text = read_toml(path)
    try:
        return SuiteReader(table, path.stem, path.resolve().parent).suite(registry)
    except GancheckError as error:
        raise type(error)(f"{path.name}{line_of(text, str(error))}: {error}") from error


def read_toml(path: Path) -> tuple[Table, str]:
    """A TOML file as a table and as text; BadSuite where it is none, or cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except (OSError, UnicodeDecodeError) as error:
        raise BadSuite(f"{path} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise BadSuite(f"{path.name}: {error}") from error


def suite_of(
    registry: Registry, strategies: Sequence[str], datasets: Sequence[str], gans: Sequence[str], name: str = "custom"
) -> Suite:
    """A suite without a file: every recipe on every dataset with every GAN, all checked."""
    if not strategies or not datasets:
        raise BadSuite("name at least one strategy and one dataset, or a suite")
    data = [PluginSpec.read(text, "dataset") for text in datasets]
    models = [PluginSpec.read(text, "gan") for text in gans]
    tasks = [Task(dataset.label, dataset, gan, title=gan.label) for dataset in data for gan in models]
    return check_suite(Suite(name, "1", tuple(tasks), tuple(strategies)), registry)


def find_suite(name: str | Path) -> Path:
    """The suite file behind a name."""
    given = Path(name)
    if given.suffix == ".toml" or given.parent != Path():
        if given.is_file():
            return given
        hint = did_you_mean(given.stem, suite_files())
        raise BadSuite(f"{given}: there is no such suite file.{hint} (gancheck list suites)")
    known = suite_files()
    if given.name not in known:
        raise UnknownName(f"unknown suite '{name}'.{did_you_mean(str(name), known)} (gancheck list suites)")
    return known[given.name]


def suite_files() -> dict[str, Path]:
    """The suites that come with gancheck."""
    return {path.stem: path for path in sorted(share("suites").glob("*.toml"))}


class SuiteHeading(NamedTuple):
    """What a suite says of itself."""

    about: str
    version: str

    @classmethod
    def read(cls, path: Path) -> SuiteHeading:
        """From a suite file alone: nothing is checked, and no data is looked for or downloaded."""
        table, _ = read_toml(path)
        return cls(str(table.get("about", "")), str(table.get("version", "")))


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


class SuiteReader:
    """Turns a TOML table into a suite; every unknown key is an error."""

    KEYS = (
        "name",
        "version",
        "about",
        "seeds",
        "block",
        "first_seed",
        "track",
        "base",
        "budget",
        "training",
        "evaluation",
        "recipes",
        "task",
        "yardsticks",
    )
    TASK = ("name", "dataset", "gan", "budget", "training", "evaluation", "knob", "level")

    def __init__(self, table: Table, name: str, folder: Path = Path()) -> None:
        self.table, self.name, self.folder = table, name, folder

    def suite(self, registry: Registry) -> Suite:
        """The suite, checked."""
        table = self.table
        refuse_unknown_keys(table, self.KEYS, "a suite")
        tasks = tuple(
            replace(task, dataset=task.dataset.beside(self.folder, "dataset", registry))
            for task in map(self.task, parameters.convert(table.get("task", []), list[Table], "task"))
        )
        recipes = parameters.convert(table.get("recipes", []), tuple[str, ...], "recipes")
        if not tasks or not recipes:
            raise BadSuite("a suite needs at least one [[task]] and a list of recipes")
        counts: dict[str, Any] = {k: whole_number(table[k], k, least) for k, least in COUNTS.items() if k in table}
        tasks += place_yardsticks(tasks, table.get("yardsticks", []))
        about, version = str(table.get("about", "")), str(table.get("version", "1"))
        suite = Suite(str(table.get("name", self.name)), version, tasks, recipes, about, **counts)
        suite = replace(suite, base=parameters.convert(table.get("base", suite.base), str, "base"))
        return check_suite(suite.on_track(read_track(table)), registry)

    def task(self, table: Table) -> Task:
        """One [[task]]; what it does not say is the suite's."""
        refuse_unknown_keys(table, self.TASK, "a task")
        for key in ("dataset", "gan"):
            if key not in table:
                raise BadSuite(f"a task needs a {key}")
        dataset, gan = PluginSpec.read(table["dataset"], "dataset"), PluginSpec.read(table["gan"], "gan")
        return Task(
            name=str(table.get("name", dataset.name)),
            dataset=dataset,
            gan=gan,
            settings=read_settings(self.merge_sections(table, "training")),
            budget=parameters.build(Budget, self.merge_sections(table, "budget"), "budget"),
            protocol=parameters.build(EvaluationProtocol, self.merge_sections(table, "evaluation"), "evaluation"),
            start=read_start(self.merge_sections(table, "training"), self.folder),
            **read_rung(table),
        )

    def merge_sections(self, task: Table, key: str) -> Table:
        """A section of the suite, overlaid with the task's."""
        return {**read_section(self.table, key), **read_section(task, key)}


def place_yardsticks(tasks: Sequence[Task], named: Any) -> tuple[Task, ...]:
    """Models that are no GANs, each on the data of every task: `yardsticks = ["kde", { name = "ddpm", eta = 1.0 }]`."""
    models = [PluginSpec.read(one, "a yardstick") for one in parameters.convert(named, list[Any], "yardsticks")]
    labels = [model.label for model in models]
    if twice := sorted({x for x in labels if labels.count(x) > 1}):
        raise BadSuite(f"yardstick '{twice[0]}' stands in the suite twice")
    datasets = {task.name: task for task in reversed(tasks)}  # the first task of every name
    return tuple(task.beside(model) for task in reversed(datasets.values()) for model in models)


def check_suite(suite: Suite, registry: Registry) -> Suite:
    """The suite with its recipes as tables show them; nothing stands in it twice, and every plug-in was built once."""
    for task in (task for task in suite.tasks if task.yardstick):
        validate_yardstick(task, registry)
    labels = [t.label for t in suite.tasks]
    if twice := sorted({x for x in labels if labels.count(x) > 1}):
        raise BadSuite(f"two tasks are called '{twice[0]}'; give one of them a name = \"...\"")
    rungs = [(t.knob, t.level, t.title or t.gan.name) for t in suite.tasks if t.knob]
    if again := [x for x in rungs if rungs.count(x) > 1]:
        raise BadSuite(f"the knob '{again[0][0]}' has level = {again[0][1]:g} twice; every level is one task")
    recipes = check_plugins(suite, registry)
    return replace(suite, recipes=recipes, base=read_base(suite, recipes, registry))


def read_base(suite: Suite, recipes: tuple[str, ...], registry: Registry) -> str:
    """The label of the recipe to which gains refer; BadSuite where it is none of the suite's."""
    base = Recipe.parse(suite.base, registry).label
    if base != UNTREATED:
        refuse_unknown(base, recipes, "the base of a suite", BadSuite)
    return base


def read_track(table: Table) -> Track:
    """`track = "tuned"`; tuning itself has no file."""
    track: Track = parameters.convert(table.get("track", "default"), Literal["default", "tuned"], "track")
    return track


#: What a task of a ladder says, both or neither.
RUNG = {"knob": str, "level": float}


def read_rung(table: Table) -> Table:
    """Where a task stands on a ladder: a knob and its level, or neither."""
    there = [key for key in RUNG if key in table]
    if len(there) == 1:
        raise BadSuite(f"a task with a '{there[0]}' needs both, what makes it harder and how hard it is")
    return {key: parameters.convert(table[key], kind, key) for key, kind in RUNG.items() if key in table}


def read_start(training: Table, folder: Path) -> dict[str, str]:
    """`start = { generator = "file.safetensors" }` of the [training] section: files by player, beside the suite's."""
    files = parameters.convert(read_section(training, "start"), dict[str, str], "start")
    return {player: str((folder / name).resolve()) for player, name in files.items()}


def read_section(table: Table, key: str) -> Table:
    """A table inside a table; empty where there is none."""
    found: Table = parameters.convert(table.get(key, {}), Table, key)
    return found


def refuse_unknown_keys(table: Mapping[str, Any], keys: tuple[str, ...], what: str) -> None:
    """Refuse keys that mean nothing."""
    for key in table:
        if key not in keys:
            raise UnknownName(f"{what} has no key '{key}'.{did_you_mean(key, keys)} It takes {', '.join(keys)}")


def whole_number(value: Any, what: str, least: int) -> int:
    """A whole number, not too small."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise BadParameter(f"{what} = {value!r} must be a whole number of at least {least}")
    return value


def read_settings(table: Table) -> Settings:
    """The [training] section: batch, critic_steps, precision, optimiser, players = { discriminator = { lr = ... } };
    `read_start` reads its start."""
    base, own = read_section(table, "optimiser"), read_section(table, "players")
    default = parameters.build(Optimiser, base, "optimiser")
    players = {
        name: parameters.build(Optimiser, {**base, **read_section(own, name)}, f"optimiser of the {name}")
        for name in own
    }
    rest = {k: v for k, v in table.items() if k not in ("optimiser", "players", "start")}
    refuse_unknown_keys(rest, ("batch", "critic_steps", "precision", "optimiser", "players", "start"), "training")
    counts = parameters.build(Settings, rest, "training")
    return replace(counts, default=default, players=players)


def check_plugins(suite: Suite, registry: Registry) -> tuple[str, ...]:
    """Build every plug-in once; the recipes' labels as tables show them."""
    recipes = [Recipe.parse(text, registry) for text in suite.recipes]
    for task in suite.tasks:
        if task.yardstick:
            continue  # whose players nobody names
        validate_task(task, registry)
        if set(task.settings.players) - set(LEADS):  # whom only some recipe brings
            refuse_unknown_keys(task.settings.players, player_names(task, recipes, registry), "players")
    labels = [recipe.label for recipe in recipes]
    if twice := sorted({x for x in labels if labels.count(x) > 1}):
        raise BadSuite(f"recipe '{twice[0]}' stands in the suite twice")
    return tuple(labels)


def player_names(task: Task, recipes: list[Recipe], registry: Registry) -> tuple[str, ...]:
    """The names of everybody whom the recipes train on a task."""
    gan, dataset = task.build_gan(registry), task.build_dataset(registry)
    names = list(LEADS)
    for recipe in (recipe for recipe in recipes if not recipe.supports(gan, dataset.spec)):
        found = recipe.study(lambda name: SeedLook.before_building(dataset, torch.device("cpu"), 0, name))
        names += recipe.networks(gan, dataset.spec, found).modules
    return tuple(dict.fromkeys(names))
