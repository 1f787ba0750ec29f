"""What a metric is: a function from a `View` to one number, with its direction, range and needs declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar, get_args

from gancheck.errors import BadPlugin, did_you_mean
from gancheck.evaluation.needs import Needs
from gancheck.plugins.info import plugin

F = TypeVar("F")
Better = Literal["higher", "lower", "one"]


def metric(
    name: str,
    *,
    better: Better,
    low: float | None = None,
    high: float | None = None,
    needs: Needs = "reference",
    max_samples: int | None = None,
    on_request: bool = False,
) -> Callable[[F], F]:
    """Make `def f(view: View, ...) -> Tensor | Estimate` known as `name`; further arguments are its parameters.

    A scalar tensor, or an `Estimate` where the number alone would mislead.

    `better` is the direction ("one": the best value is 1 and both sides are worse); `low` and `high` bound the range
    (None: unbounded). `needs` is "samples" (alone), "reference" (real features), "modes" (a mode assignment), "train"
    (training features beside the reference, which is held out), "images" (pixels) or "classes" (class probabilities).
    A metric with `max_samples` compares neighbours: it gets at most that many samples, real ones without repeats, and
    is computed at the last evaluation only. One that is `on_request` is costly or special: `gancheck score` computes
    it, and a suite that names it; a suite that names no metrics leaves it out.
    """
    for value, known, what in ((needs, get_args(Needs), "needs"), (better, get_args(Better), "better")):
        if value not in known:
            hint = did_you_mean(str(value), known)
            raise BadPlugin(f"metric '{name}': {what} = {value!r}: take one of {', '.join(known)}.{hint}")
    return plugin(
        "metric", name, better=better, low=low, high=high, needs=needs, max_samples=max_samples, on_request=on_request
    )
