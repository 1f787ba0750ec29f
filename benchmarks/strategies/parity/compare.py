"""One strategy and one repository: how far apart they are, and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from benchmarks.strategies.parity.checkouts import Checkouts, PeerFile
from benchmarks.strategies.parity.games import Pair, usual

Row = dict[str, Any]
Run = Callable[[PeerFile], Iterable[Pair]]


@dataclass(frozen=True)
class Comparison:
    """What is compared, and what is to be said of it."""

    strategy: str
    repository: str
    file: str
    differs: str  #: what is not the same, and under which numbers it was run
    right: str  #: "both", "ours", "peer" or "neither", by the paper
    run: Run | None = None  #: pairs of ours and theirs; None where theirs was read only
    by: str = ""  #: how it is run, where that is not as it stands
    single: bool = False  #: whether it is run in float32, as codes of ours are


def row(comparison: Comparison, checkouts: Checkouts) -> Row:
    """For JSON."""
    found: Row = {
        "strategy": comparison.strategy,
        "repository": comparison.repository,
        "commit": checkouts.commit(comparison.repository),
        "file": comparison.file,
        "how": "read" if comparison.run is None else "run" + (f", {comparison.by}" if comparison.by else ""),
        "loss": None,
        "gradient": None,
        "differs": comparison.differs,
        "right": comparison.right,
    }
    if comparison.run is not None:
        pairs = pairs_of(comparison, checkouts)
        found["loss"] = farthest((mine.value, theirs.value) for mine, theirs in pairs)
        found["gradient"] = farthest((mine.gradient, theirs.gradient) for mine, theirs in pairs)
    return found


def pairs_of(comparison: Comparison, checkouts: Checkouts) -> list[Pair]:
    """Ours and theirs; an error tells of which row it is."""
    assert comparison.run is not None
    try:
        with usual(torch.float32 if comparison.single else torch.float64):
            return list(comparison.run(checkouts.file(comparison.repository, comparison.file)))
    except Exception as error:
        error.add_note(f"{comparison.strategy} beside {comparison.repository}")
        raise


def farthest(pairs: Iterable[tuple[Tensor | None, Tensor | None]]) -> float | None:
    """The largest difference; None where a side tells nothing."""
    return max((apart(a, b) for a, b in pairs if a is not None and b is not None), default=None)


def apart(a: Tensor, b: Tensor) -> float:
    """Size of the difference over the larger size; infinite where one is not finite."""
    a, b = a.detach().double().flatten(), b.detach().double().flatten()
    if a.shape != b.shape or not bool(a.isfinite().all() and b.isfinite().all()):
        return math.inf
    larger = max(float(a.norm()), float(b.norm()))
    return float((a - b).norm()) / larger if larger else 0.0
