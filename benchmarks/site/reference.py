"""The reference from docstrings: a page for each row of the list of names in docs/python.md."""

from __future__ import annotations

import re

import gancheck as gc
from benchmarks.site.pages import ROOT

ROW = re.compile(r"^\| ([^|]+) \| (`gc\.[^|]+) \|$", re.MULTILINE)
HEADING = "## All names"
ERRORS = "errors"  #: the page that lists all named exceptions, public or not


def reference_pages() -> dict[str, str]:
    """Text by path; mkdocstrings replaces each `:::` by the docstring, read without an import."""
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8").partition(HEADING)[2]
    rows = [(re.sub(r"\[(.*?)\]\(.*?\)", r"\1", group), names) for group, names in ROW.findall(text)]
    return {f"reference/{slug(group)}.md": page(group, re.findall(r"`gc\.(\w+)`", names)) for group, names in rows}


def slug(group: str) -> str:
    """A file's name."""
    return group.lower().replace(" ", "-")


def page(group: str, names: list[str]) -> str:
    """Every name of a group, under the name that users write."""
    blocks = [block(name) for name in names]
    if group == ERRORS:
        blocks = ["::: gancheck.errors\n    options: {heading: gancheck.errors, members_order: source}\n"]
    return "\n".join([f"# {group[0].upper()}{group[1:]}\n", *blocks])


def block(name: str) -> str:
    """One name, where it is defined."""
    place = f"{gc.PUBLIC[name]}.{name}" if name in gc.PUBLIC else f"gancheck.{name}"
    return f"::: {place}\n    options: {{heading: gc.{name}}}\n"
