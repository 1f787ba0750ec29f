"""Healthy trainings, made up: whatever these detectors say of them is a false alarm."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from gancheck.detectors.observation import Observation
from gancheck.detectors.replay import replay
from gancheck.detectors.selection import track
from gancheck.plugins.registry import Registry

#: A notice that a converged loss does not fall is true, and so no false alarm.
ASKED = (
    "divergence, loss-spike, stuck, plateau, overfitting, underfitting, performance-drop, rate-too-low, rate-too-high"
)
DETECTORS = tuple(ASKED.split(", "))
RATES: dict[str, Callable[[float], float]] = {
    "decaying": lambda t: 1.0,
    "converged": lambda t: 1.0,
    "oscillating": lambda t: 1.0,
    "stepped": lambda t: 0.1 ** int(3 * t),
    "warm-up": lambda t: min(1.0, 10 * t),
    "restarts": lambda t: 0.5 + 0.5 * math.cos(math.pi * ((4 * t) % 1)),
}
CURVES: dict[str, Callable[[float], float]] = {
    "decaying": lambda t: 2.3 / (1 + 9 * t),
    "converged": lambda t: 0.2 + 2.1 * math.exp(-20 * t),
    "oscillating": lambda t: (0.2 + 2.1 * math.exp(-5 * t)) * (1 + 0.2 * math.sin(60 * t)),
    "stepped": lambda t: 0.2 + 1.5 * math.exp(-30 * t) + 0.6 * 0.4 ** int(3 * t),
    "warm-up": lambda t: 0.2 + 2.1 * math.exp(-100 * t * t) if t < 0.1 else 0.2 + 0.77 * math.exp(-10 * (t - 0.1)),
    "restarts": lambda t: 0.1 + 2.2 * math.exp(-10 * t) + 0.3 * RATES["restarts"](t),
}


def waves(phi: float, seed: int) -> Iterator[float]:
    """First-order autoregressive noise of unit variance."""
    draw, state = random.Random(seed), 0.0
    while True:
        state = phi * state + math.sqrt(1 - phi * phi) * draw.gauss(0, 1)
        yield state


def healthy(shape: str, phi: float, noise: float, seed: int, steps: int) -> Iterator[Observation]:
    """A training whose loss has noise of this share of it; validation every 20 steps, gradients every 10."""
    losses, others = waves(phi, seed), waves(phi, seed + 1)
    for step in range(1, steps + 1):
        curve = CURVES[shape](step / steps)
        numbers = {"loss": curve * max(0.05, 1 + noise * next(losses))}
        if step % 10 == 0:
            numbers |= {"learning_rate": RATES[shape](step / steps), "gradient_cosine": 0.1 + 0.1 * next(others)}
        if step % 20 == 0:
            numbers["val_loss"] = 1.2 * curve * max(0.05, 1 + noise / 2 * next(others))
            numbers["accuracy"] = 0.95 - curve / 3 + noise / 10 * next(others)
        yield Observation(step, numbers, {"update_ratio": {"0": 1e-3, "2": 2e-3}} if step % 10 == 0 else {})


def counted(shape: str, phi: float, noise: float, seeds: int, steps: int = 1000) -> Counter[str]:
    """Alarms of each detector in some healthy trainings."""
    found: Counter[str] = Counter()
    for seed in range(seeds):
        tracker = track(ASKED, Registry.load())
        found.update(alarm.detector for alarm in replay(tracker, healthy(shape, phi, noise, seed, steps)).alarms)
    return found


@pytest.mark.parametrize("shape", list(CURVES))
def test_a_healthy_training_raises_no_alarm(shape: str) -> None:
    found = counted(shape, 0.5, 0.1, 1) + counted(shape, 0.9, 0.05, 1)
    del found["plateau"]
    assert not found


@pytest.mark.parametrize("phi", [0.0, 0.9])
def test_a_loss_that_still_falls_is_no_plateau(phi: float) -> None:
    assert counted("decaying", phi, 0.1, 2)["plateau"] == 0
