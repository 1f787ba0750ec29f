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
    steep: bool = False,
    yardstick: bool = False,
    on_request: bool = False,
    slow: bool = False,
) -> Callable[[F], F]:
    """Make `def f(view: View, ...) -> Tensor | Estimate` known as `name`; further arguments are its parameters.

    A scalar tensor, or an `Estimate` where the number alone would mislead.

    `better` is the direction ("one": the best value is 1 and both sides are worse); `low` and `high` bound the range
    (None: unbounded). `needs` is "samples" (alone), "reference" (real features), "modes" (a mode assignment), "train"
    (training features beside the reference, which is held out), "images" (pixels), "classes" (class probabilities) or
    "labels" (the class of every sample and reference sample; with `yardstick`, modes too).
    A metric with `max_samples` compares neighbours: it gets at most that many samples, real ones without repeats, and
    is computed at the last evaluation only; `gancheck score`, which computes it once, takes more, unless the cost is
    `steep`, growing faster than the number of pairs. A metric of samples or a reference that reads `view.real_row`
    says `yardstick=True`: `gancheck score` gives it as many samples as there are held-out real ones, and all samples
    and all of the reference to others. One that is `on_request` is costly or special: `gancheck score` computes it, and
    a suite that names it; a suite that names no metrics leaves it out. One that is `slow` takes more than about a
    second for 10,000 samples: `gancheck score` computes it where it is named too, or all are asked for.
    """
    for value, known, what in ((needs, get_args(Needs), "needs"), (better, get_args(Better), "better")):
        if value not in known:
            hint = did_you_mean(str(value), known)
            raise BadPlugin(f"metric '{name}': {what} = {value!r}: take one of {', '.join(known)}.{hint}")
    size = {"max_samples": max_samples, "steep": steep, "yardstick": yardstick}
    cost = {"on_request": on_request, "slow": slow}
    return plugin("metric", name, better=better, low=low, high=high, needs=needs, **cost, **size)
