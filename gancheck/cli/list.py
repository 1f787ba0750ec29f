"""`gancheck list`."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.table import Table

from gancheck.bench.suite_file import load_suite, suite_files
from gancheck.cli.console import Output
from gancheck.errors import UnknownName, did_you_mean
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.kinds import KINDS
from gancheck.plugins.registry import Registry

SUITES = "suites"
WHAT = (*(kind.plural for kind in KINDS.values()), SUITES)


def list_command(
    what: Annotated[str | None, Parameter(help=f"One of {', '.join(WHAT)}; all of them unless given.")] = None,
    *,
    with_: Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")] = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Show what can be named in suites and on the command line.

    Parameters
    ----------
    with_
        Plug-in files or folders to show too.
    json
        For programs: name, summary, parameters and facts.
    """
    if what is not None and what not in WHAT:
        raise UnknownName(f"cannot list '{what}'.{did_you_mean(what, WHAT)} Take one of {', '.join(WHAT)}")
    registry = Registry.load(with_ or ())
    shown = {plural: rows(registry, plural) for plural in ([what] if what else WHAT)}
    if json:
        print(json_module.dumps(shown, indent=2))
        return 0
    output = Output()
    for plural, entries in shown.items():
        output.print(table(plural, entries))
    return 0


def rows(registry: Registry, plural: str) -> list[dict[str, Any]]:
    """What is known about every suite, or every plug-in of a kind."""
    if plural == SUITES:
        loaded = [(name, load_suite(name, registry)) for name in suite_files()]
        return [{"name": n, "summary": s.about, "parameters": {}, "facts": {"version": s.version}} for n, s in loaded]
    kind = next(kind.name for kind in KINDS.values() if kind.plural == plural)
    return [describe_entry(registry.entry(kind, name), name) for name in registry.names(kind)]


def describe_entry(entry: PluginEntry, name: str) -> dict[str, Any]:
    """Name, first sentence, parameters with their defaults, and the facts its decorator declares."""
    facts = {k: v for k, v in entry.info.properties.items() if k != "presets"}
    return {"name": name, "summary": entry.summary, "parameters": entry.parameters(), "facts": facts}


def table(plural: str, entries: list[dict[str, Any]]) -> Table:
    """The same for people."""
    more = MORE.get(plural, {})
    headings = ("name", *more, "what it is", "parameters")
    made = Table(*headings, title=plural, title_justify="left", box=None, pad_edge=False)
    for entry in entries:
        values = ", ".join(f"{k}={v}" for k, v in entry["parameters"].items())
        facts = (shown(entry["facts"]) for shown in more.values())
        made.add_row(entry["name"], *facts, entry["summary"], values)
    return made


def direction(facts: dict[str, Any]) -> str:
    """Which way is better."""
    return "near 1" if facts["better"] == "one" else str(facts["better"])


def span(facts: dict[str, Any]) -> str:
    """The range of the values; empty where it has no bounds."""
    low, high = (None if facts[end] is None else f"{facts[end]:.3g}" for end in ("low", "high"))
    if low is None and high is None:
        return ""
    return f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}"


#: Further columns of a kind: heading, and what it says of an entry's facts.
MORE: dict[str, dict[str, Callable[[dict[str, Any]], str]]] = {
    "metrics": {
        "better": direction,
        "range": span,
        "needs": lambda facts: str(facts["needs"]),
        "cost": lambda facts: "slow" if facts["slow"] else "",
    }
}
