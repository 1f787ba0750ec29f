"""One registered plug-in: what it says about itself, its parameters, and how an object is made of it."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from gancheck.errors import BadPlugin
from gancheck.plugins import parameters
from gancheck.plugins.info import PluginInfo, plugin_info
from gancheck.plugins.loader import source_hash


@dataclass(frozen=True)
class PluginEntry:
    """One registered plug-in."""

    info: PluginInfo
    thing: Any  #: the decorated class or function
    defaults: dict[str, Any] = field(default_factory=dict)  #: what a preset sets

    @property
    def file(self) -> Path:
        """The source file."""
        return Path(inspect.getfile(self.thing))

    @cached_property
    def source(self) -> str:
        """Hash of what it computes, part of every run's id; the other plug-ins of its file do not count."""
        neighbours = (entry.thing.__name__ for entry in entries_of(sys.modules[self.thing.__module__]))
        return source_hash(self.file, frozenset(neighbours) - {self.thing.__name__})

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (inspect.getdoc(self.thing) or "").partition("\n")[0]

    @property
    def title(self) -> str:
        """First line of the file's docstring, without the name before a colon; the summary where there is none."""
        line = (inspect.getdoc(inspect.getmodule(self.thing)) or "").partition("\n")[0]
        name, _, rest = line.partition(": ")
        return (rest[:1].upper() + rest[1:] if len(name) < 40 and rest else line) or self.summary

    def parameters(self) -> dict[str, Any]:
        """Parameters and their defaults; a function's are its keyword arguments after the view."""
        if inspect.isclass(self.thing):
            return {**parameters.defaults(self.thing), **self.defaults}
        signature = inspect.signature(self.thing).parameters.values()
        return {p.name: p.default for p in signature if p.default is not p.empty}

    def build(self, **values: Any) -> Any:
        """The plug-in object with these parameters."""
        what = f"{self.info.kind} '{self.info.name}'"
        if not (inspect.isclass(self.thing) and dataclasses.is_dataclass(self.thing)):
            raise BadPlugin(f"{what} must be a dataclass: put @dataclass under the decorator")
        if missing := sorted(getattr(self.thing, "__abstractmethods__", ())):
            raise BadPlugin(f"{what} lacks {', '.join(missing)}")
        return parameters.build(self.thing, {**self.defaults, **values}, what)

    def bind(self, **values: Any) -> Callable[..., Any]:
        """The function with these of its parameters set; unknown names and wrong types are refused."""
        what = f"{self.info.kind} '{self.info.name}'"
        bound: Callable[..., Any] = parameters.bind(self.thing, self.parameters(), values, what)
        return bound


def entries_of(module: ModuleType) -> Iterator[PluginEntry]:
    """The plug-ins that a module defines (not those it imports), presets included."""
    for thing in list(vars(module).values()):
        info = plugin_info(thing)
        if info is None or thing.__module__ != module.__name__:
            continue
        yield PluginEntry(info, thing)
        for name, defaults in info.properties.get("presets", {}).items():
            yield PluginEntry(PluginInfo(info.kind, name, info.properties), thing, defaults)
