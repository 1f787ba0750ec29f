"""The card a decorator pins to a plug-in: what kind it is, its name, and facts about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gancheck.errors import BadPlugin

T = TypeVar("T")
KINDS = ("gan", "strategy", "dataset", "metric", "detector")
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Card:
    """What the catalogue reads from a decorated class or function."""

    kind: str
    name: str
    facts: dict[str, Any] = field(default_factory=dict)


def pin(kind: str, name: str, /, **facts: Any) -> Callable[[T], T]:
    """A decorator that pins a card; nothing is registered until a catalogue looks at the module."""
    if not NAME.fullmatch(name):
        raise BadPlugin(f"{kind} name {name!r}: use lower-case letters, digits and dashes, as in 'wgan-gp'")

    def decorate(thing: T) -> T:
        thing.__gancheck__ = Card(kind, name, facts)  # type: ignore[attr-defined]
        return thing

    return decorate


def card_of(thing: object) -> Card | None:
    """The card pinned to `thing` itself; a subclass does not inherit its parent's."""
    card = vars(thing).get("__gancheck__") if hasattr(thing, "__dict__") else None
    return card if isinstance(card, Card) else None
