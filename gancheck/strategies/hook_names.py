"""Methods that look like hooks and would never be called: misspelt, or as an earlier version had them."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from gancheck.errors import BadPlugin
from gancheck.strategies.base import Strategy

#: What hooks were called, and what they are called.
RENAMED = {"sample": "evaluation_weights", "sees": "discriminator_data"}
#: Parameters that hooks of the same number of parameters had.
OUTDATED = {"prepare": ["self", "players", "data"]}
CALLED = (*Strategy.hooks, "supports", "conflicts", "period_in")


def refuse_uncalled(strategy: type[Strategy]) -> None:
    """BadPlugin for a strategy without a hook, with a method that is nearly one, or with parameters it is not given."""
    for name, method in own_methods(strategy):
        if name in CALLED:
            refuse_signature(name, method)
        elif name in RENAMED:
            raise BadPlugin(f"'{name}' is no hook; it is {signature_of(RENAMED[name])}")
        elif near := difflib.get_close_matches(name, CALLED, n=1, cutoff=0.9):
            raise BadPlugin(
                f"'{name}' is no hook, and is never called. Did you mean {signature_of(near[0])}? "
                "Begin the name of a method of your own with an underscore"
            )
    if not any(map(strategy.overrides, Strategy.hooks)):
        raise BadPlugin(f"overrides no hook, so it does nothing; hooks: {', '.join(Strategy.hooks)}")


def own_methods(strategy: type[Strategy]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public methods that a strategy, and what it derives from, adds to `Strategy` or overrides."""
    for cls in (c for c in strategy.__mro__ if c not in Strategy.__mro__):
        for name, value in vars(cls).items():
            if inspect.isfunction(value) and not name.startswith("_"):
                yield name, value


def refuse_signature(hook: str, method: Callable[..., Any]) -> None:
    """BadPlugin where a hook cannot take what it is given."""
    has = list(inspect.signature(method).parameters)
    if OUTDATED.get(hook) == has or not takes(method, len(parameters_of(hook))):
        raise BadPlugin(f"{hook}({', '.join(has)}) is not given these; it is {signature_of(hook)}")


def takes(method: Callable[..., Any], count: int) -> bool:
    """Whether a method can be called with so many arguments."""
    try:
        inspect.signature(method).bind(*[None] * count)
    except TypeError:
        return False
    return True


def parameters_of(hook: str) -> list[str]:
    """The names of what a hook is given, `self` first."""
    return list(inspect.signature(getattr(Strategy, hook)).parameters)


def signature_of(hook: str) -> str:
    """A hook as its definition begins: `inputs(self, x, of, game)`."""
    return f"{hook}({', '.join(parameters_of(hook))})"
