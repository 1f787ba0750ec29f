"""`gancheck list`."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from rich.table import Table

from gancheck import suite as suites
from gancheck.catalogue import Catalogue, Entry
from gancheck.console import Output

KINDS = {"gans": "gan", "strategies": "strategy", "datasets": "dataset", "metrics": "metric", "detectors": "detector"}
What = Literal["gans", "strategies", "datasets", "metrics", "detectors", "suites"]


def list_command(
    what: What | None = None,
    *,
    with_: Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")] = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Show what can be named in suites and on the command line.

    Parameters
    ----------
    what
        One kind; all of them unless given.
    with_
        Plug-in files or folders to show too.
    json
        For programs: name, summary, parameters and facts.
    """
    catalogue = Catalogue.load([str(p) for p in with_ or ()])
    shown = {kind: rows(catalogue, kind) for kind in ([what] if what else [*KINDS, "suites"])}
    if json:
        print(json_module.dumps(shown, indent=2))
        return 0
    output = Output()
    for kind, entries in shown.items():
        output.print(table(kind, entries))
    return 0


def rows(catalogue: Catalogue, kind: str) -> list[dict[str, Any]]:
    """What is known about every entry of a kind."""
    if kind == "suites":
        loaded = [(name, suites.Suite.load(name, catalogue)) for name in suites.names()]
        return [{"name": n, "summary": s.about, "parameters": {}, "facts": {"version": s.version}} for n, s in loaded]
    return [described(catalogue.entry(KINDS[kind], name), name) for name in catalogue.names(KINDS[kind])]


def described(entry: Entry, name: str) -> dict[str, Any]:
    """Name, first sentence, parameters with their defaults, and the facts its decorator declares."""
    facts = {k: v for k, v in entry.card.facts.items() if k != "presets"}
    return {"name": name, "summary": entry.summary, "parameters": entry.parameters(), "facts": facts}


def table(kind: str, entries: list[dict[str, Any]]) -> Table:
    """The same for people."""
    more = MORE.get(kind, {})
    headings = ("name", *more, "what it is", "parameters")
    made = Table(*headings, title=kind, title_justify="left", box=None, pad_edge=False)
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
    "metrics": {"better": direction, "range": span, "needs": lambda facts: str(facts["needs"])}
}
