"""A suite as the text of a TOML file, which `load_suite` reads back to the same suite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from gancheck.bench.suite import COUNTS, Suite
from gancheck.bench.task import PluginSpec, Task
from gancheck.gans.settings import Settings

DECIDED = ("default", "players", "turns", "draw")  #: of the settings: written elsewhere, or nothing that a file says


def write_suite(suite: Suite) -> str:
    """The text. Models that stand beside the GANs (yardsticks) are left out, as tuning is of recipes."""
    version = suite.version.removesuffix(f"+{suite.track}")
    heading = {"name": suite.name, "version": version, "about": suite.about, "track": suite.track, "base": suite.base}
    counts = {name: getattr(suite, name) for name in COUNTS}
    lines = [*assignments({**heading, **counts}), "recipes = [", *(f"  {toml(r)}," for r in suite.recipes), "]"]
    for task in (task for task in suite.tasks if not task.yardstick):
        lines += ["", "[[task]]", *assignments(task_table(task))]
    return "\n".join(lines) + "\n"


def task_table(task: Task) -> dict[str, Any]:
    """All that a task says, whatever stood in the task's table and whatever in the suite's."""
    rung = {"knob": task.knob, "level": task.level} if task.knob else {}
    return {
        "name": task.name,
        "dataset": plugin_table(task.dataset),
        "gan": plugin_table(task.gan),
        "budget": asdict(task.budget),
        "training": training_table(task.settings, task.start),
        "evaluation": asdict(task.protocol),
        **rung,
    }


def plugin_table(spec: PluginSpec) -> dict[str, Any]:
    """`{ name = "ring", modes = 16 }`."""
    return {"name": spec.name, **spec.parameters}


def training_table(settings: Settings, start: Mapping[str, str]) -> dict[str, Any]:
    """The [training] section."""
    counts = {name: value for name, value in asdict(settings).items() if name not in DECIDED}
    players = {name: asdict(optimiser) for name, optimiser in settings.players.items()}
    return {**counts, "optimiser": asdict(settings.default), "players": players, "start": dict(start)}


def assignments(table: Mapping[str, Any]) -> Iterator[str]:
    """`key = value` lines; what is None stays unsaid, as it is the default."""
    return (f"{bare_key(key)} = {toml(value)}" for key, value in table.items() if value is not None)


def toml(value: Any) -> str:
    """A value as TOML; of JSON values, text and numbers are the same in both."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(assignments(value))} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


def bare_key(key: str) -> str:
    """A key, between quotes where it must be."""
    return key if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else json.dumps(key)
