"""`gancheck list`."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.table import Table

from gancheck.bench.suite_file import SuiteHeading, find_suite, suite_files
from gancheck.cli.console import Output
from gancheck.cli.detector_table import detector_facts, detector_rank, detector_table, signal_facts
from gancheck.cli.plugin_page import page
from gancheck.cli.strategy_facts import family_rank, strategy_facts
from gancheck.cli.strategy_table import strategy_table
from gancheck.errors import UnknownName, Unsupported, did_you_mean
from gancheck.gans.base import Gan
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.kinds import KINDS
from gancheck.plugins.registry import Registry

SUITES = "suites"
WHAT = (*(kind.plural for kind in KINDS.values()), SUITES)


def list_command(
    what: Annotated[str | None, Parameter(help=f"One of {', '.join(WHAT)}; all of them unless given.")] = None,
    name: Annotated[str | None, Parameter(help="One plug-in of that kind, to be told all about it.")] = None,
    /,
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
        For programs: name, title, summary, parameters and facts.
    """
    if what is not None and what not in WHAT:
        raise UnknownName(f"cannot list '{what}'.{did_you_mean(what, WHAT)} Take one of {', '.join(WHAT)}")
    registry = Registry.load(with_ or ())
    if what and name:
        return show_one(registry, what, name, json)
    shown = {plural: rows(registry, plural) for plural in ([what] if what else WHAT)}
    if json:
        print(json_module.dumps(shown, indent=2))
        return 0
    output = Output()
    for plural, entries in shown.items():
        output.print(TABLES[plural](entries) if plural in TABLES else table(plural, entries))
    return 0


def show_one(registry: Registry, what: str, name: str, json: bool) -> int:
    """Everything about one plug-in; UnknownName with the nearest where there is none."""
    if what == SUITES:
        find_suite(name)
        raise Unsupported(f"a suite is shown by `gancheck run {name} --plan`, and by its file")
    entry = registry.entry(kind_of(what), name)
    described = describe_entry(entry, registry)
    if not json and entry.info.kind == "detector":
        described["facts"] |= signal_facts(described["facts"]["needs"])
    print(json_module.dumps(described, indent=2) if json else page(entry, described))
    return 0


def kind_of(plural: str) -> str:
    """The kind of plug-in that a plural names."""
    return next(kind.name for kind in KINDS.values() if kind.plural == plural)


def rows(registry: Registry, plural: str) -> list[dict[str, Any]]:
    """What is known about every suite, or every plug-in of a kind."""
    if plural == SUITES:
        headings = {name: SuiteHeading.read(path) for name, path in suite_files().items()}
        return [
            {"name": n, "title": s.about, "summary": s.about, "parameters": {}, "facts": {"version": s.version}}
            for n, s in headings.items()
        ]
    kind = kind_of(plural)
    found = [describe_entry(registry.entry(kind, name), registry) for name in registry.names(kind)]
    rank = RANKS.get(kind)
    return sorted(found, key=lambda row: rank(row["facts"])) if rank else found


def describe_entry(entry: PluginEntry, registry: Registry) -> dict[str, Any]:
    """Name, title, first sentence, parameters with their defaults, and facts: what its decorator declares, and of
    strategies what they can treat and cost, of detectors their preset and what their alarms say."""
    facts = {k: v for k, v in entry.info.properties.items() if k != "presets"}
    if entry.info.kind == "gan":
        facts |= {"adversarial": issubclass(entry.thing, Gan)}
    if entry.info.kind == "strategy":
        facts |= strategy_facts(entry, registry)
    if entry.info.kind == "detector":
        facts |= detector_facts(entry)
    words = {"title": entry.title, "summary": entry.summary}
    return {"name": entry.info.name, **words, "parameters": entry.parameters(), "facts": facts}


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


#: Kinds that are shown by family: what families are sorted by, and the table.
RANKS = {"strategy": family_rank, "detector": detector_rank}
TABLES = {"strategies": strategy_table, "detectors": detector_table}
#: Further columns of a kind: heading, and what it says of an entry's facts.
MORE: dict[str, dict[str, Callable[[dict[str, Any]], str]]] = {
    "gans": {"adversarial": lambda facts: "yes" if facts["adversarial"] else "no"},
    "metrics": {
        "better": direction,
        "range": span,
        "needs": lambda facts: str(facts["needs"]),
        "cost": lambda facts: "slow" if facts["slow"] else "",
    },
}
