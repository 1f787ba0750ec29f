"""A small convolutional classifier of digits, with batch normalisation."""

from __future__ import annotations

from torch import nn

from benchmarks.detectors.programs.base import Program
from benchmarks.detectors.programs.classifier import classifier
from benchmarks.detectors.programs.training import Shape, Training, adam


def architecture(shape: Shape) -> nn.Module:
    """Two convolutions, then a fully connected layer."""
    few, many = max(1, shape.width // 8), max(1, shape.width // 4)
    layers: list[nn.Module] = [nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, few, 3, padding=1), nn.BatchNorm2d(few)]
    layers += [nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(few, many, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(shape.dropout), nn.Linear(many * 4, 10))


def setup(seed: int) -> Training:
    """Adam."""
    return classifier(seed, architecture, rate=3e-3, steps=400, optimiser=adam)


PROGRAM = Program("digits-cnn", frozenset({"loss", "float", "classes", "numbers", "relu", "plain", "dropout"}), setup)
