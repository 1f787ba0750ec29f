"""What a metric is: a function from a `View` to one number, with its direction, range and needs declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from gancheck.card import pin

F = TypeVar("F")
Better = Literal["higher", "lower", "one"]
Needs = Literal["samples", "reference", "modes"]


def metric(
    name: str,
    *,
    better: Better,
    low: float | None = None,
    high: float | None = None,
    needs: Needs = "reference",
    at_most: int | None = None,
) -> Callable[[F], F]:
    """Make `def f(view: View, ...) -> Tensor` (a scalar) known as `name`; further arguments are its parameters.

    `better` is the direction ("one": the best value is 1 and both sides are worse); `low` and `high` bound the range
    (None: unbounded). `needs` is "samples" (alone), "reference" (real features) or "modes" (a mode assignment). A
    metric with `at_most` compares neighbours: it gets at most that many samples, real ones without repeats, and is
    computed at the last evaluation only.
    """
    return pin("metric", name, better=better, low=low, high=high, needs=needs, at_most=at_most)
