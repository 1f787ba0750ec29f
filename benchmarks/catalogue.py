"""The generated parts of docs/catalogue.md and docs/commands.md: everything that can be named, and every option."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from typing import Any
from unittest.mock import patch

from gancheck.cli.list import WHAT, direction, rows, span
from gancheck.cli.main import COMMANDS, main
from gancheck.plugins.registry import Registry

Row = dict[str, Any]
WIDTH = "100"  #: columns of the help texts

#: Further columns of a kind: heading, and what it says of a row's facts. Detectors' needs stand in docs/watching.md.
COLUMNS: dict[str, dict[str, Callable[[Row], str]]] = {
    "gans": {"adversarial": lambda facts: "yes" if facts["adversarial"] else "no"},
    "strategies": {
        "family": lambda facts: str(facts["family"]),
        "after": lambda facts: str(facts["paper"] or ""),
        "cost": lambda facts: f"{facts['cost']['seconds']:.3g}" if facts.get("cost") else "",
    },
    "metrics": {
        "better": direction,
        "range": span,
        "needs": lambda facts: str(facts["needs"]),
    },
    "detectors": {"family": lambda facts: str(facts["family"]), "preset": lambda facts: str(facts["preset"])},
    "suites": {"version": lambda facts: str(facts["version"])},
}


def catalogue() -> dict[str, str]:
    """A table for every kind, by the name of its part."""
    return {f"all-{kind}": table(kind) for kind in WHAT}


@cache
def table(kind: str) -> str:
    """What comes with gancheck, as `gancheck list` has it."""
    more = COLUMNS.get(kind, {})
    heads = ["name", *more, "what it is", "parameters"]
    return "\n".join(map(line, (heads, ["---"] * len(heads), *(cells(row, more) for row in rows(registry(), kind)))))


@cache
def registry() -> Registry:
    """Built-in plug-ins and models/."""
    return Registry.load()


def cells(row: Row, more: dict[str, Callable[[Row], str]]) -> list[str]:
    """One row of a table."""
    values = ", ".join(f"{name}={value}" for name, value in row["parameters"].items())
    facts = (tell(row["facts"]) for tell in more.values())
    return [f"`{row['name']}`", *facts, row["summary"], f"`{values}`" if values else ""]


def line(texts: list[str]) -> str:
    """Cells side by side; what would end a cell early is escaped."""
    return f"| {' | '.join(text.replace('|', chr(92) + '|') for text in texts)} |"


@cache
def commands() -> str:
    """What `gancheck --help` says, and each command's own, as a terminal shows it."""
    blocks = [f"## gancheck {name}\n\n```text\n{help_text(name)}\n```" for name in sorted(COMMANDS)]
    return "\n\n".join([f"```text\n{help_text()}\n```", *blocks])


def help_text(*command: str) -> str:
    """At one width everywhere, without colours."""
    said = io.StringIO()
    with patch.dict(os.environ, COLUMNS=WIDTH, NO_COLOR="1"), redirect_stdout(said):
        main([*command, "--help"])
    return "\n".join(text.rstrip() for text in said.getvalue().splitlines()).strip()
