"""A classifier of digits with sigmoids, which vanish as it gets deeper."""

from __future__ import annotations

from torch import nn

from benchmarks.detectors.programs.base import Program
from benchmarks.detectors.programs.classifier import classifier, stack
from benchmarks.detectors.programs.training import Shape, Training, adam


def architecture(shape: Shape) -> nn.Module:
    """64 pixels to 10 logits."""
    return stack([64, *[shape.width] * shape.depth, 10], nn.Sigmoid, shape.dropout)


def setup(seed: int) -> Training:
    """Three hidden layers are no trouble to Adam."""
    return classifier(seed, architecture, shape=Shape(48, 3), rate=5e-3, steps=500, optimiser=adam)


PROGRAM = Program("deep-sigmoid", frozenset({"loss", "float", "classes", "numbers", "flat", "plain", "sigmoid"}), setup)
