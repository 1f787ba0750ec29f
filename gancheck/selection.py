"""What a command makes of a suite: `--only`, `--seeds`, `--steps`, and plug-ins that the suite does not name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from gancheck import parameters
from gancheck.catalogue import Catalogue
from gancheck.errors import BadParameter, UnknownName, did_you_mean
from gancheck.fitting import fitting
from gancheck.recipe import Recipe, split
from gancheck.suite import Named, Suite, Task

AXES = ("strategy", "dataset", "gan")


def parse_only(texts: Sequence[str]) -> dict[str, list[str]]:
    """`strategy=a,b` and so on, by axis; commas inside brackets belong to parameters."""
    only: dict[str, list[str]] = {}
    for text in texts:
        axis, sign, values = text.partition("=")
        if not sign or axis not in AXES:
            raise BadParameter(f"--only {text}: write it as strategy=a,b or dataset=a or gan=a")
        names = [v.strip() for v in split_commas(values) if v.strip()]
        if not names:
            raise BadParameter(f"--only {text}: names nothing; write it as {axis}=a,b")
        only.setdefault(axis, []).extend(names)
    return only


def split_commas(text: str) -> list[str]:
    """Parts between commas that are not inside brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def select(suite: Suite, catalogue: Catalogue, only: Mapping[str, list[str]]) -> Suite:
    """The part of a suite that `only` names; registered names that the suite lacks are added in place of its own."""
    tasks = tasks_named(suite, catalogue, only.get("dataset"))
    if "gan" in only:
        tasks = [made for text in only["gan"] for made in with_gan(tasks, text)]
    for task in (t for t in tasks if t not in suite.tasks):
        fitting(task, catalogue)
    recipes = suite.recipes
    if "strategy" in only:
        recipes = tuple(label for text in only["strategy"] for label in recipes_named(suite, catalogue, text))
    tasks = list(different(tasks))
    refuse_empty_knobs(tasks)
    return replace(suite, tasks=tuple(tasks), recipes=tuple(dict.fromkeys(recipes)))


def refuse_empty_knobs(tasks: Sequence[Task]) -> None:
    """Levels of a knob must differ in more than their names, as they do not where a GAN was put in the knob's place."""
    for one, other in pairwise(sorted((t for t in tasks if t.knob), key=lambda t: (t.knob, t.title, t.level))):
        if plainly(one) == plainly(other):
            raise BadParameter(
                f"--only gan={other.title}: on the knob '{other.knob}' it is the same at every level; leave that out "
                "with --only dataset=..."
            )


def plainly(task: Task) -> Task:
    """A task without what only names it."""
    return replace(task, name="", level=1.0)


def different(tasks: Iterable[Task]) -> Iterable[Task]:
    """The first task of every label."""
    found: dict[str, Task] = {}
    for task in tasks:
        found.setdefault(task.label, task)
    return found.values()


def tasks_named(suite: Suite, catalogue: Catalogue, wanted: list[str] | None) -> list[Task]:
    """Tasks by their name, or by the dataset's; another registered dataset takes the first task's settings."""
    if wanted is None:
        return list(suite.tasks)
    chosen: list[Task] = []
    for text in wanted:
        name, values = parameters.parse_call(text)
        found = [t for t in suite.tasks if text in (t.name, t.dataset.name)]
        if not found and name not in catalogue.names("dataset"):
            known = sorted({t.name for t in suite.tasks} | set(catalogue.names("dataset")))
            raise UnknownName(f"unknown dataset '{name}'.{did_you_mean(name, known)} (gancheck list datasets)")
        label = parameters.label(name, values)
        alone = replace(suite.tasks[0], name=label, dataset=Named(name, values), knob="", level=1.0)
        chosen += found or [alone]
    return chosen


def with_gan(tasks: list[Task], text: str) -> list[Task]:
    """The tasks that have this GAN; where none has, all of them with this GAN in place of their own."""
    name, values = parameters.parse_call(text)
    if found := [t for t in tasks if t.gan.name == name and not values]:
        return found
    return [replace(t, gan=Named(name, values), title=parameters.label(name, values)) for t in tasks]


def recipes_named(suite: Suite, catalogue: Catalogue, text: str) -> list[str]:
    """The suite's recipe of this label, or all that are this one strategy with parameters, or a new one."""
    if text in suite.recipes:
        return [text]
    alike = [r for r in suite.recipes if len(split(r)) == 1 and r.partition("(")[0] == text]
    return alike or [Recipe.parse(text, catalogue).label]


def resized(suite: Suite, seeds: int | None, steps: int | None) -> Suite:
    """Another number of seeds (whole blocks) or of steps; other steps are another protocol, and the version says so."""
    if seeds is not None:
        suite = replace(suite, seeds=positive(seeds, "--seeds"))
    if steps is None:
        return suite
    tasks = [
        replace(
            t, budget=replace(t.budget, steps=positive(steps, "--steps"), evaluations=min(t.budget.evaluations, steps))
        )
        for t in suite.tasks
    ]
    return replace(suite, tasks=tuple(tasks), version=f"{suite.version}+steps={steps}")


def positive(value: int, what: str) -> int:
    """At least 1."""
    if value < 1:
        raise BadParameter(f"{what} {value}: needs at least 1")
    return value
