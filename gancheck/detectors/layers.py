"""Numbers of layers, put in order for detectors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from gancheck.detectors.observation import LayerNumbers

PLAYERS = ("generator", "discriminator")


def by_model(values: LayerNumbers) -> dict[str, dict[str, float]]:
    """Numbers apart by model: a GAN's layers are named after their player; others are one model, called "model"."""
    found: dict[str, dict[str, float]] = {}
    for layer, value in values.items():
        head = layer.partition(".")[0]
        found.setdefault(head if head in PLAYERS else "model", {})[layer] = value
    return found


def usable(values: LayerNumbers, least: float = 0.0) -> dict[str, float]:
    """The numbers that are finite and above `least`."""
    return {layer: value for layer, value in values.items() if math.isfinite(value) and value > least}


def thirds(values: Sequence[float], least: int = 2) -> tuple[Sequence[float], Sequence[float]]:
    """The first and the last third of the layers, at least so many each; both empty where there are not enough."""
    count = max(least, len(values) // 3)
    return (values[:count], values[-count:]) if len(values) >= 2 * count else ((), ())


def streaks(before: Mapping[str, int], values: LayerNumbers) -> dict[str, int]:
    """How often in a row each layer was marked (above a half). A layer that is not measured now, while others are, was
    frozen or replaced: it is left out."""
    return {layer: before.get(layer, 0) + 1 if value > 0.5 else 0 for layer, value in values.items()}
