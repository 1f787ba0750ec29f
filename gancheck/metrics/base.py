"""What a metric is: a function from a `View` to one number, with its direction, range and needs declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from gancheck.card import pin

F = TypeVar("F")
Better = Literal["higher", "lower", "one"]
Needs = Literal["samples", "reference", "modes", "train", "images", "classes"]


def metric(
    name: str,
    *,
    better: Better,
    low: float | None = None,
    high: float | None = None,
    needs: Needs = "reference",
    at_most: int | None = None,
    asked: bool = False,
) -> Callable[[F], F]:
    """Make `def f(view: View, ...) -> Tensor | Estimate` known as `name`; further arguments are its parameters.

    A scalar tensor, or an `Estimate` where the number alone would mislead.

    `better` is the direction ("one": the best value is 1 and both sides are worse); `low` and `high` bound the range
    (None: unbounded). `needs` is "samples" (alone), "reference" (real features), "modes" (a mode assignment), "train"
    (training features beside the reference, which is held out), "images" (pixels) or "classes" (class probabilities).
    A metric with `at_most` compares neighbours: it gets at most that many samples, real ones without repeats, and is
    computed at the last evaluation only. One that is `asked` for is costly or special: `gancheck score` computes it,
    and a suite that names it; a suite that names no metrics leaves it out.
    """
    return pin("metric", name, better=better, low=low, high=high, needs=needs, at_most=at_most, asked=asked)
