"""On what the runs were computed, and the command that makes them again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from gancheck.bench.store import Run
from gancheck.bench.suite_file import suite_files
from gancheck.errors import GancheckError
from gancheck.system.counts import say_count
from gancheck.version import version


def environment(runs: Sequence[Run], date: str) -> dict[str, str]:
    """What is known of it, by name; where runs differ, all that there is."""
    trainings = [run.spec.training for run in runs]
    cpu = sum(run.outcome.get("cpu_seconds") or 0 for run in runs)
    budgets = {f"{run.spec.task}: {run.spec.training.budget['steps']:,}" for run in runs}
    return {
        "gancheck": f"{version()} (made this page), engine {list_values(t.engine for t in trainings)}",
        "PyTorch": list_values(t.torch for t in trainings),
        "device": list_values(t.device for t in trainings),
        "computed": list_values(run.outcome.get("path") or "not known" for run in runs),
        "threads": list_values(run.outcome.get("threads", "not known") for run in runs),
        "seeds trained together": list_values(len(t.block) for t in trainings),
        "generator updates": list_values(budgets),
        "samples per evaluation": list_values(run.spec.evaluation.samples for run in runs),
        "training": f"{say_count(len(runs), 'run')}, {cpu:,.0f} s of CPU time",
        "newest run": date,
    }


def list_values(values: Iterable[object]) -> str:
    """The different values, in words."""
    return ", ".join(sorted({str(value) for value in values}))


def command(name: str, suite_version: str, runs: Sequence[Run], own_tasks: Sequence[str]) -> str:
    """The call that makes these runs again, on the same versions and kind of device.

    Strategies are named always; tasks where the folder has others than the suite's own.
    """
    steps = suite_version.partition("+steps=")[2]
    tasks = list(dict.fromkeys(run.spec.task for run in runs))
    recipes = dict.fromkeys(run.spec.recipe for run in runs if run.spec.training.path != "own-loop")
    words = ["gancheck", "run", name, *(["--steps", steps] if steps else []), "--seeds", str(seeds_of(runs))]
    words += ["--only", f"strategy={','.join(recipes)}"] if recipes else []
    if own_tasks and set(tasks) < set(own_tasks):
        words += ["--only", f"dataset={','.join(dict.fromkeys(task.partition('/')[0] for task in tasks))}"]
    return shlex.join(words)


def seeds_of(runs: Sequence[Run]) -> int:
    """Seeds of every task."""
    return len({run.spec.seed for run in runs})


def command_note(name: str) -> str:
    """What the command needs beside it."""
    try:
        known = name in suite_files()
    except GancheckError:
        known = False
    if known:
        return "Plug-ins of your own go in with --with FILE."
    return f"Give the suite's file in place of {name}; plug-ins of your own go in with --with FILE."
