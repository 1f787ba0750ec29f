"""Progress as code reports it: nothing is drawn here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Step = Callable[[str, int, int], None]  #: what is under way, how many are done, and of how many (0: not known)


def no_progress(what: str, done: int, total: int) -> None:
    """No progress shown."""


T = TypeVar("T")


class TrackIterable(Protocol):
    """Passes things on, and may say how many of `total` have gone by."""

    def __call__(self, things: Iterable[T], total: int, doing: str) -> Iterable[T]: ...


def no_tracking(things: Iterable[T], total: int, doing: str) -> Iterator[T]:
    """The things, without a word."""
    yield from things
