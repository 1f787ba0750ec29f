"""What a command makes of a suite: `--only`, `--seeds`, `--steps`, and plug-ins that the suite does not name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from gancheck.bench.suite import Suite
from gancheck.bench.task import PluginSpec, Task
from gancheck.bench.validation import validate_task
from gancheck.errors import BadParameter, UnknownName, did_you_mean
from gancheck.plugins import parameters
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.strategies.untreated import UNTREATED

AXES = ("strategy", "dataset", "gan")


def parse_only(texts: Sequence[str]) -> dict[str, list[str]]:
    """`strategy=a,b` and so on, by axis; commas inside brackets belong to parameters."""
    only: dict[str, list[str]] = {}
    for text in texts:
        axis, sign, values = text.partition("=")
        if not sign or axis not in AXES:
            raise BadParameter(f"--only {text}: write it as strategy=a,b or dataset=a or gan=a")
        names = parameters.split_names(values)
        if not names:
            raise BadParameter(f"--only {text}: names nothing; write it as {axis}=a,b")
        only.setdefault(axis, []).extend(names)
    return only


def select(suite: Suite, registry: Registry, only: Mapping[str, list[str]]) -> Suite:
    """The part of a suite that `only` names; registered names that the suite lacks are added in place of its own."""
    tasks = tasks_named(suite, registry, only.get("dataset"))
    if "gan" in only:
        tasks = [made for text in only["gan"] for made in with_gan(tasks, text)]
    for task in (t for t in tasks if t not in suite.tasks and not t.yardstick):
        validate_task(task, registry)
    recipes = suite.recipes
    if "strategy" in only:
        recipes = tuple(label for text in only["strategy"] for label in recipes_named(suite, registry, text))
    tasks = [task for task in distinct_tasks(tasks) if not task.yardstick or UNTREATED in recipes]
    if not tasks:
        raise BadParameter(f"--only leaves nothing to run: yardsticks are run with '{UNTREATED}' and no other strategy")
    refuse_empty_knobs(tasks)
    return replace(suite, tasks=tuple(tasks), recipes=tuple(dict.fromkeys(recipes)))


def refuse_empty_knobs(tasks: Sequence[Task]) -> None:
    """Levels of a knob must differ in more than their names, as they do not where a GAN was put in the knob's place."""
    for one, other in pairwise(sorted((t for t in tasks if t.knob), key=lambda t: (t.knob, t.title, t.level))):
        if without_names(one) == without_names(other):
            raise BadParameter(
                f"--only gan={other.title}: on the knob '{other.knob}' it is the same at every level; leave that out "
                "with --only dataset=..."
            )


def without_names(task: Task) -> Task:
    """A task without what only names it."""
    return replace(task, name="", level=1.0)


def distinct_tasks(tasks: Iterable[Task]) -> Iterable[Task]:
    """The first task of every label."""
    found: dict[str, Task] = {}
    for task in tasks:
        found.setdefault(task.label, task)
    return found.values()


def tasks_named(suite: Suite, registry: Registry, wanted: list[str] | None) -> list[Task]:
    """Tasks by their name, or by the dataset's; another registered dataset takes the first task's settings."""
    if wanted is None:
        return list(suite.tasks)
    chosen: list[Task] = []
    for text in wanted:
        name, values = parameters.parse_call(text)
        found = [t for t in suite.tasks if text in (t.name, t.dataset.name)]
        if not found and name not in registry.names("dataset"):
            known = sorted({t.name for t in suite.tasks} | set(registry.names("dataset")))
            raise UnknownName(f"unknown dataset '{name}'.{did_you_mean(name, known)} (gancheck list datasets)")
        label = parameters.label(name, values)
        first, spec = suite.tasks[0], PluginSpec(name, values)
        alike = [first, *(t for t in suite.tasks if t.yardstick and t.name == first.name)]
        chosen += found or [replace(task, name=label, dataset=spec, knob="", level=1.0) for task in alike]
    return chosen


def with_gan(tasks: list[Task], text: str) -> list[Task]:
    """The tasks that have this GAN; where none has, all of them with this GAN in place of their own."""
    name, values = parameters.parse_call(text)
    label = parameters.label(name, values)
    if found := [t for t in tasks if (t.gan.name == name and not values) or (t.yardstick and t.title == label)]:
        return found
    tasks = [task for task in tasks if not task.yardstick]
    return [replace(t, gan=PluginSpec(name, values), title=label) for t in tasks]


def recipes_named(suite: Suite, registry: Registry, text: str) -> list[str]:
    """The suite's recipe of this label, or all that are this one strategy with parameters, or a new one."""
    if text in suite.recipes:
        return [text]
    alone = (r for r in suite.recipes if len(parameters.split_outside_brackets(r, "+")) == 1)
    alike = [r for r in alone if r.partition("(")[0] == text]
    return alike or [Recipe.parse(text, registry).label]


def resize(suite: Suite, seeds: int | None, steps: int | None) -> Suite:
    """Another number of seeds (whole blocks) or of steps; other steps are another protocol, and the version says so."""
    if seeds is not None:
        suite = replace(suite, seeds=parameters.positive(seeds, "seeds"))
    if steps is None:
        return suite
    parameters.positive(steps, "steps")
    tasks = [
        replace(t, budget=replace(t.budget, steps=steps, evaluations=min(t.budget.evaluations, steps)))
        for t in suite.tasks
    ]
    return replace(suite, tasks=tuple(tasks), version=f"{suite.version}+steps={steps}")
