"""Calling a strategy's hook so that what goes wrong in it says where: strategy, hook, file and line."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from gancheck.errors import BadParameter, BadPlugin, GancheckError
from gancheck.gans.game import Game
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept, State
from gancheck.plugins.loader import raising_line
from gancheck.strategies.base import Strategy, name_of


class HookError(BadPlugin):
    """An error inside a hook; `__cause__` is what was raised."""


#: The hooks that were called, pairs of a strategy's name and the hook, where somebody wants to know.
noted: ContextVar[set[tuple[str, str]] | None] = ContextVar("noted", default=None)


@contextmanager
def hooks_called() -> Iterator[set[tuple[str, str]]]:
    """The hooks that are called in here, pairs of a strategy's name and the hook."""
    called: set[tuple[str, str]] = set()
    token = noted.set(called)
    try:
        yield called
    finally:
        noted.reset(token)


def call_hook(strategy: Strategy, hook: str, *args: Any) -> Any:
    """The hook's answer, or HookError: `strategy 'x', discriminator_loss, mine.py line 12: KeyError: 'encoder'`.

    A parameter's value that the hook refuses stays BadParameter, for the fault is not in the hook.
    """
    if (called := noted.get()) is not None:
        called.add((name_of(strategy), hook))
    with errors_named(f"strategy '{name_of(strategy)}', {hook}", strategy, args):
        return getattr(strategy, hook)(*args)


@contextmanager
def errors_named(place: str, author: Strategy | Sampler, args: tuple[Any, ...] = ()) -> Iterator[None]:
    """HookError with the place, file and line for whatever is raised in here in the author's code."""
    try:
        yield
    except (HookError, BadParameter):
        raise  # of a hook that this one has called, or in words of the author
    except Exception as error:
        text = str(error) if isinstance(error, GancheckError) else f"{type(error).__name__}: {error}"
        raise HookError(f"{place}{line_in(author, error)}: {text}{names_at_hand(error, args)}") from error


def line_in(author: Strategy | Sampler, error: Exception) -> str:
    """`, mine.py line 12`, where the error passed through a file of the author or of what it derives from."""
    for file in files_of(type(author)):
        if line := raising_line(error, file):
            return f", {file.name} line {line}"
    return ""


def files_of(author: type[Strategy | Sampler]) -> Iterator[Path]:
    """The file of a strategy or sampler, and those of what it derives from."""
    for cls in (c for c in author.__mro__ if c not in (*Strategy.__mro__, Sampler)):
        with suppress(TypeError, OSError):  # it was typed in
            yield Path(inspect.getsourcefile(cls) or "")


def names_at_hand(error: Exception, args: tuple[Any, ...]) -> str:
    """What there is, where a hook asked a dictionary for what there is not."""
    given = next((arg for arg in args if isinstance(arg, Game | State | Kept)), None)
    if given is None or not isinstance(error, KeyError):
        return ""
    players, memories = ", ".join(given.weights), ", ".join(given.memory) or "none"
    return f" (players: {players}; memories: {memories})"
