"""The plug-in contract: what `gancheck check` tries on every plug-in of a file before any long run.

A kind's contract is in the module of its name: `check_<kind>` gives notes for the author, or raises with the reason.
The test-suite holds every built-in plug-in against the same contracts.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from gancheck.errors import BadPlugin, GancheckError
from gancheck.plugins.entry import PluginEntry, entries_of
from gancheck.plugins.loader import files_in, load_file, own_code_of
from gancheck.plugins.registry import Registry
from gancheck.testing.require import NotTried


def plugins_at(place: Path) -> list[PluginEntry]:
    """The plug-ins of a file, or of every file of a folder; BadPlugin where a file has none."""
    files = files_in(place)
    if not files:
        raise BadPlugin(f"{place} holds no plug-in files (.py)")
    found = {path: list(entries_of(load_file(path))) for path in files}
    helpers = {helper for path in files if found[path] for helper in own_code_of(path).files[1:]}
    if empty := next((path for path in files if not found[path] and path.resolve() not in helpers), None):
        raise BadPlugin(f'{empty} defines no plug-in; decorate one with @gancheck.gan("name") or its like')
    return [entry for entries in found.values() for entry in entries]


def kept_line(entry: PluginEntry, registry: Registry) -> str:
    """How one plug-in keeps its contract, in a line for people.

    Raises BadPlugin with the reason where it does not, NotTried where nothing at hand could try it.
    """
    notes = check_plugin(entry, registry)
    if beside := [file.name for file in own_code_of(entry.file).all_files[1:]]:
        notes.append(f"a change of {', '.join(dict.fromkeys(beside))} counts as a change of it")
    return f"{entry.info.kind} '{entry.info.name}': {'; '.join(notes)}"


def check_plugin(entry: PluginEntry, registry: Registry) -> list[str]:
    """Hold one plug-in against its contract; notes for its author. Raises BadPlugin and NotTried as `kept_line`."""
    what = f"{entry.info.kind} '{entry.info.name}'"
    try:
        return contract_of(entry.info.kind)(entry, registry)
    except NotTried as error:
        raise NotTried(f"{what}: {error}") from error
    except GancheckError as error:
        text = str(error)
        raise BadPlugin(text if text.startswith(what) else f"{what}: {text}") from error
    except Exception as error:
        raise BadPlugin(f"{what}: {type(error).__name__}: {error}") from error


def contract_of(kind: str) -> Callable[[PluginEntry, Registry], list[str]]:
    """The contract of a kind."""
    module = importlib.import_module(f"gancheck.testing.{kind}")
    contract: Callable[[PluginEntry, Registry], list[str]] = getattr(module, f"check_{kind}")
    return contract
