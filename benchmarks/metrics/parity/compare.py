"""One metric and one peer on every input: both values, the exact ones, and how far apart they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from benchmarks.metrics.parity import hard
from benchmarks.metrics.parity.peers import Contest, Measure, Peer, on_features
from benchmarks.metrics.parity.rest import on_histograms, on_logits, on_pictures

Row = dict[str, Any]
Inputs = Iterable[tuple[str, Any]]
CLOSE = 1e-6  #: relative


def rows(features: Inputs) -> Iterator[Row]:
    """Every metric against every peer, on these features and on all other inputs."""
    boards: list[tuple[Callable[[], Iterable[Contest]], Inputs]] = [
        (on_features, features),
        (on_logits, hard.logits()),
        (on_pictures, hard.pictures()),
        (on_histograms, hard.histograms()),
    ]
    for contests, inputs in boards:
        drawn = list(inputs)
        for contest in contests():
            yield from compared(contest, drawn)


def compared(contest: Contest, inputs: Inputs) -> Iterator[Row]:
    """All peers of a metric, each on the inputs that it is meant for."""
    known = {name: (number(contest.ours, x), number(contest.exact, x)) for name, x in inputs}
    for peer in contest.peers:
        on = {name: cell(peer, x, *known[name]) for name, x in inputs if peer.fits(x)}
        yield {"metric": contest.metric, "peer": peer.name, "why": peer.why, "inputs": on}


def cell(peer: Peer, x: Any, ours: float | str, exact: float | str) -> dict[str, float | str]:
    """Our value and theirs, and the exact value of either's definition."""
    own = exact if peer.exact is None else number(peer.exact, x)
    return {"ours": ours, "theirs": number(peer.value, x), "exact": exact, "their exact": own}


def number(measure: Measure, x: Any) -> float | str:
    """The value, or what stands in its place."""
    try:
        value = float(measure(x))
    except Exception as error:  # whatever a library raises is what a user gets
        return type(error).__name__
    return value if math.isfinite(value) else str(value)


def apart(a: float | str, b: float | str) -> float:
    """Difference over the larger; infinite where one is no number."""
    if isinstance(a, str) or isinstance(b, str):
        return math.inf
    return abs(a - b) / max(abs(a), abs(b)) if a != b else 0.0
