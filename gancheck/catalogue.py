"""The catalogue: every GAN, strategy, dataset, metric and detector that this process knows, by name."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.metadata
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from gancheck import parameters
from gancheck.card import KINDS, Card, card_of
from gancheck.errors import BadPlugin, UnknownName, did_you_mean
from gancheck.plugins import files_in, load_file, source_hash
from gancheck.result import UNTRAINED
from gancheck.share import share

BUILT_IN = ("gancheck.strategies", "gancheck.datasets", "gancheck.metrics", "gancheck.detectors")


@dataclass(frozen=True)
class Entry:
    """One registered plug-in."""

    card: Card
    thing: Any  #: the decorated class or function
    defaults: dict[str, Any] = field(default_factory=dict)  #: what a preset sets

    @property
    def file(self) -> Path:
        """The source file, part of every run's id through its hash."""
        return Path(inspect.getfile(self.thing))

    @property
    def source(self) -> str:
        """Hash of the source file."""
        return source_hash(self.file)

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (inspect.getdoc(self.thing) or "").partition("\n")[0]

    def parameters(self) -> dict[str, Any]:
        """Parameters and their defaults; a function's are its keyword arguments after the view."""
        if inspect.isclass(self.thing):
            return {**parameters.defaults(self.thing), **self.defaults}
        signature = inspect.signature(self.thing).parameters.values()
        return {p.name: p.default for p in signature if p.default is not p.empty}

    def build(self, **values: Any) -> Any:
        """The plug-in object with these parameters."""
        if not (inspect.isclass(self.thing) and dataclasses.is_dataclass(self.thing)):
            raise BadPlugin(
                f"{self.card.kind} '{self.card.name}' must be a dataclass: put @dataclass under the decorator"
            )
        if missing := sorted(getattr(self.thing, "__abstractmethods__", ())):
            raise BadPlugin(f"{self.card.kind} '{self.card.name}' lacks {', '.join(missing)}")
        return parameters.build(self.thing, {**self.defaults, **values}, f"{self.card.kind} '{self.card.name}'")


@dataclass(frozen=True)
class Catalogue:
    """Plug-ins by kind and name. `Catalogue.load` collects them; a name taken twice is an error."""

    entries: dict[tuple[str, str], Entry]

    @classmethod
    def load(cls, files: Iterable[str | Path] = ()) -> Catalogue:
        """Built-ins, `models/`, installed `gancheck.plugins` entry points, then the given files or folders."""
        entries: dict[tuple[str, str], Entry] = {}
        for module in modules(files):
            for entry in entries_of(module):
                add(entries, entry)
        return cls(entries)

    def names(self, kind: str) -> list[str]:
        """All names of one kind, sorted."""
        return sorted(name for k, name in self.entries if k == kind)

    def entry(self, kind: str, name: str) -> Entry:
        """The entry, or UnknownName with the nearest name."""
        if (kind, name) in self.entries:
            return self.entries[kind, name]
        plural = "strategies" if kind == "strategy" else f"{kind}s"
        hint = did_you_mean(name, self.names(kind))
        raise UnknownName(f"unknown {kind} '{name}'.{hint} (gancheck list {plural})")

    def build(self, kind: str, name: str, **values: Any) -> Any:
        """The plug-in object with these parameters."""
        return self.entry(kind, name).build(**values)


def modules(files: Iterable[str | Path]) -> Iterator[ModuleType]:
    """Every module that may hold plug-ins."""
    for package in BUILT_IN:
        folder = importlib.import_module(package)
        for info in pkgutil.iter_modules(folder.__path__):
            yield importlib.import_module(f"{package}.{info.name}")
    for path in files_in(share("models")):
        yield load_file(path)
    for point in importlib.metadata.entry_points(group="gancheck.plugins"):
        loaded = point.load()
        if isinstance(loaded, ModuleType):
            yield loaded
    seen = {path.resolve() for path in files_in(share("models"))}
    for place in files:
        for path in files_in(Path(place)):
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield load_file(path)


def entries_of(module: ModuleType) -> Iterator[Entry]:
    """The plug-ins that a module defines (not those it imports), presets included."""
    for thing in list(vars(module).values()):
        card = card_of(thing)
        if card is None or thing.__module__ != module.__name__:
            continue
        yield Entry(card, thing)
        for name, defaults in card.facts.get("presets", {}).items():
            yield Entry(Card(card.kind, name, card.facts), thing, defaults)


#: Names that mean something else on a board: rows that nobody trained, and what is derived from a run.
RESERVED = {"strategy": UNTRAINED, "metric": ("held",)}


def add(entries: dict[tuple[str, str], Entry], entry: Entry) -> None:
    """Register one entry; a second one of the same kind and name is an error that names both files."""
    key = (entry.card.kind, entry.card.name)
    assert entry.card.kind in KINDS
    if key[1] in RESERVED.get(key[0], ()):
        raise BadPlugin(
            f"{key[0]} '{key[1]}' in {entry.file}: the board has a row or column of this name; take another"
        )
    if key in entries:
        raise BadPlugin(f"{key[0]} '{key[1]}' is defined twice: in {entries[key].file} and in {entry.file}; rename one")
    entries[key] = entry
