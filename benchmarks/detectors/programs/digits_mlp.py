"""A fully connected classifier of digits, with ReLU."""

from __future__ import annotations

from torch import nn

from benchmarks.detectors.programs.base import Program
from benchmarks.detectors.programs.classifier import classifier, stack
from benchmarks.detectors.programs.training import Shape, Training


def architecture(shape: Shape) -> nn.Module:
    """64 pixels to 10 logits."""
    return stack([64, *[shape.width] * shape.depth, 10], nn.ReLU, shape.dropout)


def setup(seed: int) -> Training:
    """Plain SGD."""
    return classifier(seed, architecture, rate=0.2, steps=500)


PROGRAM = Program("digits-mlp", frozenset({"loss", "float", "classes", "numbers", "relu", "plain", "dropout"}), setup)
