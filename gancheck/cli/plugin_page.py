"""One plug-in in full, for `gancheck list KIND NAME`."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from gancheck.plugins.entry import PluginEntry

NOTE = re.compile(r"#: *(.+)$", re.MULTILINE)  #: a comment that documents


def page(entry: PluginEntry, described: dict[str, Any]) -> str:
    """Where it is from, what it does, its parameters and whatever else is known of it."""
    module = inspect.getmodule(entry.thing)
    texts = [inspect.getdoc(thing) for thing in (module, entry.thing) if thing is not None]
    facts = [f"{name}: {in_words(value)}" for name, value in described["facts"].items() if value not in (None, "", [])]
    return "\n\n".join(filter(None, [entry.info.name, *texts, "\n".join(parameter_lines(entry)), "\n".join(facts)]))


def parameter_lines(entry: PluginEntry) -> Iterator[str]:
    """`name=default`, and what its comment says."""
    notes = parameter_notes(entry.thing)
    for name, default in entry.parameters().items():
        yield f"  {name}={default}" + (f"  {notes[name]}" if name in notes else "")


def parameter_notes(thing: Any) -> dict[str, str]:
    """The comments on the parameters of a class and of those that it derives from, by name."""
    classes = reversed(inspect.getmro(thing)) if inspect.isclass(thing) else iter(())
    return {name: note for one in classes if one is not object for name, note in own_notes(one)}


def own_notes(cls: type) -> Iterator[tuple[str, str]]:
    """The parameters of one class with the comments on their lines, or else on the line above."""
    text = textwrap.dedent(inspect.getsource(cls))
    lines, definition = text.splitlines(), ast.parse(text).body[0]
    assert isinstance(definition, ast.ClassDef)
    for field in definition.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            above = lines[field.lineno - 2].strip()
            own = NOTE.search("\n".join(lines[field.lineno - 1 : field.end_lineno]))
            if found := own or NOTE.match(above):
                yield field.target.id, found[1]


def in_words(value: Any) -> str:
    """A fact as text: lists with commas, tables as `name value`."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
