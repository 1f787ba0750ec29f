"""Weights that start badly."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.detectors.faults.base import fault
from benchmarks.detectors.programs.training import Training


def matrices(model: nn.Module) -> list[Tensor]:
    """Weights, without biases and what normalises."""
    return [p for p in model.parameters() if p.ndim > 1]


@fault("constant-weights", "initialisation", "loss", (0.1, 0.01, 0.0))
@torch.no_grad()
def constant_weights(training: Training, size: float) -> None:
    """All weights start at one number, or at zero."""
    for weight in matrices(training.model):
        weight.fill_(size)


@fault("large-weights", "exploding", "loss", (4, 10, 30))
@torch.no_grad()
def large_weights(training: Training, size: float) -> None:
    """All weights start many times too large: units saturate, or gradients explode."""
    for weight in matrices(training.model):
        weight.mul_(size)


@fault("dead-units", "dead units", "relu", (1, 2, 4))
@torch.no_grad()
def dead_units(training: Training, size: float) -> None:
    """Biases before ReLU start far below zero."""
    layers = [m for m in training.model.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    for layer in layers[:-1]:
        if layer.bias is not None:
            layer.bias.sub_(size)


@fault("too-deep", "vanishing gradients", "sigmoid", (5, 7, 10), "design")
def too_deep(training: Training, size: float) -> None:
    """More layers of sigmoids than gradients can pass."""
    training.shape.depth = int(size)
