"""How far a long look at a folder is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


class Watch(Protocol):
    """Passes things on, and may say how many of `total` have gone by."""

    def __call__(self, things: Iterable[T], total: int, doing: str) -> Iterable[T]: ...


def unseen(things: Iterable[T], total: int, doing: str) -> Iterator[T]:
    """The things, without a word."""
    yield from things


def bar(things: Iterable[T], total: int, doing: str) -> Iterator[T]:
    """The things, with a bar on standard error where that is a terminal."""
    console = Console(stderr=True)
    yield from track(things, doing, total, console=console, disable=not console.is_terminal, transient=True)
