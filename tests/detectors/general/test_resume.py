"""A training that is interrupted and goes on: detectors say the same as in one that is not."""

from __future__ import annotations

import json
import random

import pytest

from gancheck.detectors.base import Detector
from gancheck.detectors.loss_blocks import LossBlocks
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.plugins.registry import Registry

REGISTRY = Registry.load()
NAMES = (
    *("nonfinite", "divergence", "loss-spike", "plateau", "stuck", "overfitting", "underfitting"),
    *("performance-drop", "rate-too-low", "rate-too-high"),
)


def training(steps: int) -> list[Observation]:
    draw, seen, blocks = random.Random(10), [], LossBlocks()
    for t in range(1, steps + 1):
        numbers = {"loss": 2 - t / 900 + 0.1 * draw.gauss(0, 1), "generator_loss": draw.gauss(0, 1)}
        layers = {}
        if t % 10 == 0:
            numbers |= {"gradient_cosine": draw.gauss(0, 0.2), "learning_rate": 1.0, "val_loss": 2 + draw.gauss(0, 0.1)}
            numbers |= {"accuracy": 0.5 + draw.gauss(0, 0.1), "metric_recall": 0.5 + draw.gauss(0, 0.1)}
            layers = {"update_ratio": {"0": 1e-3 * draw.random()}}
        seen.append(blocks.add(Observation(t, numbers, layers)))
    return seen


def started(name: str) -> Detector:
    detector: Detector = REGISTRY.build("detector", name)
    detector.start()
    return detector


@pytest.mark.parametrize("name", NAMES)
def test_readings_are_the_same_after_an_interruption(name: str) -> None:
    whole, seen = started(name), training(700)
    readings = [whole.update(each) for each in seen]
    assert any(reading is not None for reading in readings)
    before, after = started(name), started(name)
    for each in seen[:455]:
        before.update(each)
    restore(after, json.loads(json.dumps(remembered(before))))
    assert [after.update(each) for each in seen[455:]] == readings[455:]


@pytest.mark.parametrize("name", NAMES)
def test_a_second_start_forgets_the_first(name: str) -> None:
    detector, seen = started(name), training(300)
    first = [detector.update(each) for each in seen]
    detector.start()
    assert [detector.update(each) for each in seen] == first
