"""Which of a library's validation metrics a monitor is given, and under which name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gancheck.detectors.directions import is_better_higher

PREFIXES = ("val_", "valid_", "validation_", "eval_")


def validation_values(metrics: Mapping[str, Any], higher_is_better: Iterable[str] = ()) -> dict[str, Any]:
    """`val_loss` and the scores among logged metrics: `eval_loss`, `val/loss` and the like are `val_loss`, and a score
    keeps its name without the prefix. Names in `higher_is_better` are taken too.

    A metric that is better lower, or that nobody knows, would turn a detector of falling scores round: it is left out.
    """
    chosen = set(higher_is_better)
    found: dict[str, Any] = {}
    for name, value in metrics.items():
        plain = re.sub(r"\W+", "_", name).lower()
        if "loss" in plain.split("_"):
            found.setdefault("val_loss", value)
        elif name in chosen or is_better_higher(name):
            found[without_prefix(plain)] = value
    return found


def without_prefix(name: str) -> str:
    """`val_accuracy` is `accuracy`."""
    prefix = next((each for each in PREFIXES if name.startswith(each)), "")
    return name.removeprefix(prefix)
