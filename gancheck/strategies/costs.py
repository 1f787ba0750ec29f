"""What built-in strategies cost beside the untreated GAN, as `python -m benchmarks.strategies.cost` measured it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def measured_costs() -> dict[str, dict[str, float]]:
    """By name: `seconds` of CPU a step over the untreated GAN's, network `evaluations` a step, `sampling` a sample."""
    text = files("gancheck.strategies").joinpath("costs.json").read_text(encoding="utf-8")
    costs: dict[str, dict[str, float]] = json.loads(text)["strategies"]
    return costs


def cost_of(names: Iterable[str]) -> float:
    """About how many times the untreated GAN's step a recipe takes: the product of its strategies', at their defaults;
    1 for one that nobody measured."""
    return math.prod(measured_costs().get(name, {}).get("seconds", 1.0) for name in names)
