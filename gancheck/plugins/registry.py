"""The registry: every plug-in that this process knows, by kind and name."""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from gancheck.errors import BadPlugin, UnknownName, did_you_mean
from gancheck.plugins.entry import PluginEntry, entries_of
from gancheck.plugins.kinds import KINDS, Kind
from gancheck.plugins.loader import files_in, list_places, load_file
from gancheck.system.resources import share

RESERVED = "the board has a row or column of this name, or an option this value; take another"
GANCHECK = Path(__file__).resolve().parents[1]
Table = dict[str, PluginEntry]  #: of one kind, by name


class Registry:
    """Plug-ins by kind and name. `Registry.load` collects them; a name taken twice is an error.

    Built-in plug-ins of a kind are imported when the kind is first asked for.
    """

    def __init__(self, entries: Iterable[PluginEntry] = ()) -> None:
        self.added = list(entries)
        self._tables: dict[str, Table] = {}

    @classmethod
    def load(cls, plugins: Iterable[str | Path] = ()) -> Registry:
        """`models/`, installed `gancheck.plugins` entry points, the given files or folders, and the built-in ones."""
        registry = cls(entry for module in outside_modules(plugins) for entry in entries_of(module))
        refuse_unknown_kinds(registry.added)
        for kind in dict.fromkeys(entry.info.kind for entry in registry.added):
            registry.table(kind)  # a name that is taken twice is said now, not in the middle of the work
        return registry

    def table(self, kind: str) -> Table:
        """All plug-ins of one kind."""
        if kind not in self._tables:
            self._tables[kind] = self._collect(KINDS[kind])
        return self._tables[kind]

    def _collect(self, kind: Kind) -> Table:
        table: Table = {}
        for entry in (entry for entries in (built_in(kind.package), self.added) for entry in entries):
            if entry.info.kind == kind.name:
                add(table, entry, kind)
        return table

    def names(self, kind: str) -> list[str]:
        """All names of one kind, sorted."""
        return sorted(self.table(kind))

    def entry(self, kind: str, name: str) -> PluginEntry:
        """The entry, or UnknownName with the nearest name."""
        table = self.table(kind)
        if name not in table:
            hint = did_you_mean(name, table)
            raise UnknownName(f"unknown {kind} '{name}'.{hint} (gancheck list {KINDS[kind].plural})")
        return table[name]

    def refuse_taken(self, kind: str, name: str) -> None:
        """BadPlugin where a new plug-in cannot have this name."""
        if name in KINDS[kind].reserved:
            raise BadPlugin(f"{kind} '{name}': {RESERVED}")
        if other := self.table(kind).get(name):
            raise BadPlugin(f"{kind} '{name}' is defined already, in {other.file}; take another name")

    def build(self, kind: str, name: str, /, **values: Any) -> Any:
        """The plug-in object with these parameters."""
        return self.entry(kind, name).build(**values)


@cache
def built_in(package: str) -> tuple[PluginEntry, ...]:
    """The plug-ins in all modules of a package of gancheck, which a process imports once."""
    return tuple(entry for module in modules_below(package) for entry in entries_of(module))


def modules_below(package: str) -> Iterator[ModuleType]:
    """Every module of a package and of its sub-folders; nothing for an empty name."""
    if not package:
        return
    folder = importlib.import_module(package)
    for info in pkgutil.walk_packages(folder.__path__, f"{package}."):
        if not info.ispkg:
            yield importlib.import_module(info.name)


def outside_modules(plugins: Iterable[str | Path]) -> Iterator[ModuleType]:
    """Every module with plug-ins that are not built in: a file that is given twice, or is in `models/`, comes once, and
    one of gancheck itself is built in already."""
    examples = files_in(share("models"))
    yield from map(load_file, examples)
    for point in installed_plugins(tuple((place, time_of_change(place)) for place in sys.path)):
        loaded = point.load()
        if isinstance(loaded, ModuleType):
            yield loaded
    seen = {path.resolve() for path in examples}
    for path in (path for place in list_places(plugins) for path in files_in(place)):
        real = path.resolve()
        if real not in seen and GANCHECK not in real.parents:
            seen.add(real)
            yield load_file(path)


@lru_cache(maxsize=1)
def installed_plugins(places: tuple[tuple[str, int], ...]) -> importlib.metadata.EntryPoints:
    """The entry points of packages in the places of `sys.path`, read anew when one of these has changed."""
    return importlib.metadata.entry_points(group="gancheck.plugins")


def time_of_change(place: str) -> int:
    """When a folder's list of files was last changed, in nanoseconds; 0 where there is no such folder."""
    try:
        return Path(place).stat().st_mtime_ns
    except OSError:
        return 0


def refuse_unknown_kinds(entries: Iterable[PluginEntry]) -> None:
    """BadPlugin where a file has a plug-in of a kind that there is not."""
    for entry in entries:
        if (kind := entry.info.kind) not in KINDS:
            raise BadPlugin(
                f"{kind} '{entry.info.name}' in {entry.file}: unknown kind of plug-in; take {', '.join(KINDS)}"
            )


def add(table: Table, entry: PluginEntry, kind: Kind) -> None:
    """Register one entry; a second one of the same name is an error that names both files."""
    what = f"{kind.name} '{entry.info.name}'"
    if entry.info.name in kind.reserved:
        raise BadPlugin(f"{what} in {entry.file}: {RESERVED}")
    if other := table.get(entry.info.name):
        raise BadPlugin(f"{what} is defined twice: in {other.file} and in {entry.file}; rename one")
    table[entry.info.name] = entry
