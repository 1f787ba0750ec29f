"""What a decorator writes on a plug-in: its kind, its name, and properties that the kind asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gancheck.errors import BadPlugin

T = TypeVar("T")
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class PluginInfo:
    """What the registry reads from a decorated class or function."""

    kind: str
    name: str
    properties: dict[str, Any] = field(default_factory=dict)


def plugin(kind: str, name: str, /, **properties: Any) -> Callable[[T], T]:
    """A decorator that writes the info; nothing is registered until a registry looks at the module."""
    refuse_bad_name(kind, name)

    def decorate(thing: T) -> T:
        thing.__gancheck__ = PluginInfo(kind, name, properties)  # type: ignore[attr-defined]
        return thing

    return decorate


def refuse_bad_name(kind: str, name: str) -> None:
    """BadPlugin for a name that could not stand in a recipe or on the command line."""
    if not NAME.fullmatch(name):
        raise BadPlugin(f"{kind} name {name!r}: use lower-case letters, digits and dashes, as in 'wgan-gp'")


def plugin_info(thing: object) -> PluginInfo | None:
    """The info of `thing` itself; a subclass does not inherit its parent's."""
    info = vars(thing).get("__gancheck__") if hasattr(thing, "__dict__") else None
    return info if isinstance(info, PluginInfo) else None
