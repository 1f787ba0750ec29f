"""Several results folders as one board: what may stand together, and what only where the user says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gancheck.bench.collect import comparable_runs, newest_date, say_outdated, suite_runs
from gancheck.bench.run_spec import PluginRecord, RunSpec
from gancheck.bench.store import Run, Store
from gancheck.errors import BadParameter, StoreError, did_you_mean
from gancheck.strategies.untreated import UNTREATED
from gancheck.system.counts import choose_verb, say_count


@dataclass(frozen=True)
class ResultsFolder:
    """A folder that `gancheck run` has made, and its runs on the suite's own tasks."""

    path: Path
    suite: str
    version: str
    track: str  #: "default", or "tuned" where parameters were searched for
    runs: list[Run] = field(repr=False)
    date: str = ""  #: day of the newest run
    base: str = UNTREATED  #: recipe to which gains and costs refer
    notes: tuple[str, ...] = ()  #: what became of runs that do not count

    @classmethod
    def read(cls, path: Path) -> ResultsFolder:
        """StoreError where it is no results folder, or an empty one."""
        store = Store(path)
        about = store.about()
        if about is None:
            raise StoreError(
                f"{path} is no results folder; give the one that gancheck run has made, such as runs/quick"
            )
        if not (runs := store.runs()):
            raise StoreError(f"{path} holds no runs yet; gancheck run {about.suite} makes them")
        tasks = store.named("tasks")
        shown, notes = suite_runs(comparable_runs(runs), tasks), say_outdated(runs, tasks, path)
        return cls(path, about.suite, about.version, about.track, shown, newest_date(path), about.base, notes)


Trait = Callable[[ResultsFolder], Mapping[str, Any]]  #: folder -> whose it is -> what it is


def per_task(fact: Callable[[RunSpec], Any]) -> Trait:
    """A fact that may differ from task to task."""
    return lambda folder: {run.spec.task: fact(run.spec) for run in folder.runs}


def budget_of(spec: RunSpec) -> dict[str, Any]:
    """Steps, and how many rows a step takes."""
    return {**spec.training.budget, "batch": spec.training.settings.get("batch")}


def software_of(spec: RunSpec) -> dict[str, Any]:
    """What rounds differently, or may."""
    training = spec.training
    return {"torch": training.torch, "engine": training.engine, "evaluation": spec.evaluation.evaluation}


def definition_of(spec: RunSpec) -> dict[str, Any]:
    """What a task's name stands for, apart from the budget."""
    training, evaluation = spec.training, spec.evaluation
    plugins = describe_plugin(training.dataset) | describe_plugin(training.gan)
    settings = {key: value for key, value in training.settings.items() if key != "batch"}
    return {**plugins, **settings, "start": training.start, "samples": evaluation.samples, "data": evaluation.data}


def describe_recipes(folder: ResultsFolder) -> dict[str, Any]:
    """The code and parameters behind every recipe's name."""
    recipes = {run.spec.recipe: run.spec.training.recipe for run in folder.runs}
    return {
        name: {key: fact for plugin in plugins for key, fact in describe_plugin(plugin).items()}
        for name, plugins in recipes.items()
    }


def describe_plugin(plugin: PluginRecord) -> dict[str, Any]:
    """What a plug-in's name stands for."""
    code = " ".join(str(part) for part in (plugin.source, plugin.version, plugin.content) if part)
    return {f"parameters of {plugin.name}": plugin.parameters, f"code of {plugin.name}": code}


def describe_metrics(folder: ResultsFolder) -> dict[str, Any]:
    """The code behind every metric's name."""
    return {name: {"code": source} for run in folder.runs for name, source in run.spec.evaluation.metrics.items()}


#: What folders may differ in if `--mix` names it.
MIXABLE: dict[str, Trait] = {
    "suites": lambda folder: {"suite": folder.suite},
    "versions": lambda folder: {"version": folder.version},
    "tracks": lambda folder: {"track": folder.track},
    "budgets": per_task(budget_of),
    "devices": per_task(lambda spec: spec.training.device),
    "software": per_task(software_of),
}
#: What a name must stand for in every folder.
SAME: dict[str, Trait] = {"task": per_task(definition_of), "recipe": describe_recipes, "metric": describe_metrics}


@dataclass(frozen=True)
class MergedFolders:
    """The runs of one folder or of several, each place in the grid once."""

    folders: tuple[ResultsFolder, ...]
    runs: list[Run] = field(repr=False)
    notes: tuple[str, ...] = ()  #: what was mixed, and what stood in several folders

    @classmethod
    def read(cls, paths: Sequence[Path], mix: Iterable[str] = ()) -> MergedFolders:
        """StoreError where folders differ in what `mix` does not name, BadParameter where it names nothing."""
        allowed = check_traits(mix)
        folders = tuple(map(ResultsFolder.read, {path.resolve(): path for path in paths}.values()))
        notes = []
        for name, trait in MIXABLE.items():
            difference = first_difference(folders, trait)
            if difference and name not in allowed:
                raise StoreError(f"folders of different {name} ({difference}): --mix {name} ranks them all the same")
            if difference:
                notes.append(f"Mixed {name}: {difference}.")
        refuse_differences(folders, SAME)
        runs, twice = unite_runs(folders)
        outdated = [note for folder in folders for note in folder.notes]
        return cls(folders, runs, (*notes, *twice, *outdated))

    @property
    def suite(self) -> str:
        """The suite's name, or all names."""
        return " + ".join(dict.fromkeys(folder.suite for folder in self.folders))

    @property
    def version(self) -> str:
        """The suite's version, or all versions."""
        return " + ".join(dict.fromkeys(folder.version for folder in self.folders))

    @property
    def base(self) -> str:
        """The recipe to which gains and costs refer: the first folder's."""
        return self.folders[0].base

    @property
    def date(self) -> str:
        """The day of the newest run."""
        return max(folder.date for folder in self.folders)


def refuse_differences(folders: Sequence[ResultsFolder], traits: Mapping[str, Trait]) -> None:
    """StoreError where a name stands for one thing in one folder, and for another in the next."""
    for name, trait in traits.items():
        if difference := first_difference(folders, trait):
            raise StoreError(f"not the same {name} under one name ({difference}); rank the folders apart, or rename it")


def check_traits(names: Iterable[str]) -> set[str]:
    """What is to be mixed; BadParameter for what cannot be."""
    chosen = set(names)
    for name in sorted(chosen - set(MIXABLE)):
        raise BadParameter(f"--mix has no '{name}'.{did_you_mean(name, MIXABLE)} It takes {', '.join(MIXABLE)}")
    return chosen


def first_difference(folders: Sequence[ResultsFolder], trait: Trait) -> str:
    """`grid/mlp: {"steps": 4000} in quick, {"steps": 100} in short`; empty where folders agree."""
    seen: dict[str, tuple[Any, Path]] = {}
    for folder in folders:
        for whose, what in trait(folder).items():
            first, path = seen.setdefault(whose, (what, folder.path))
            if first != what:
                return f"{whose}: {say_fact(first, what)} in {path}, {say_fact(what, first)} in {folder.path}"
    return ""


def say_fact(what: Any, other: Any) -> str:
    """A fact in words; of a table, what the other one has not."""
    if not isinstance(what, dict):
        return str(what)
    different = sorted(key for key in {*what, *other} if what.get(key) != other.get(key))
    return " and ".join(f"{key} {what.get(key)}" for key in different)


def unite_runs(folders: Sequence[ResultsFolder]) -> tuple[list[Run], list[str]]:
    """All runs, and a word on what stood in several folders: the same run counts once, and of different runs of the
    same task, recipe and seed the first folder's."""
    found: dict[tuple[str, str, int], Run] = {}
    same = other = 0
    for run in (run for folder in folders for run in folder.runs):
        first = found.setdefault(run.spec.place, run)
        same += first is not run and first.spec.run_id == run.spec.run_id
        other += first.spec.run_id != run.spec.run_id
    notes = []
    if same:
        verbs = choose_verb(same, "stands in several folders, and counts", "stand in several folders, and count")
        notes.append(f"{say_count(same, 'run')} {verbs} once.")
    if other:
        notes.append(
            f"Of {say_count(other, 'place')} with different runs of one recipe and seed, the first folder's counts."
        )
    return list(found.values()), notes
