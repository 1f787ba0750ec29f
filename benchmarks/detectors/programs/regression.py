"""A regression on eight numbers, with tanh."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.detectors.programs.base import Program
from benchmarks.detectors.programs.classifier import mean_square, stack
from benchmarks.detectors.programs.training import Pair, Shape, Training, adam


def architecture(shape: Shape) -> nn.Module:
    """8 numbers to one."""
    return stack([8, *[shape.width] * shape.depth, 1], nn.Tanh, shape.dropout)


def rows(seed: int, count: int) -> Pair:
    """A smooth function with some noise; its variance is near 1."""
    stream = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 8, generator=stream)
    y = torch.sin(x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3] + 0.5 * x[:, 3:4]
    return x, y + 0.1 * torch.randn(count, 1, generator=stream)


def variance(y: Tensor) -> float:
    """Loss of the best constant guess."""
    return float(y.var())


def setup(seed: int) -> Training:
    """Adam, on 1,000 rows."""
    train, held_out, test = rows(1, 1_000), rows(2, 400), rows(3, 400)
    fixed = {"rate": 3e-3, "steps": 500, "initial_loss": variance(train[1])}
    return Training(seed, architecture, Shape(), train, held_out, test, mean_square, optimiser=adam, **fixed)  # type: ignore[arg-type]


PROGRAM = Program("regression", frozenset({"loss", "float", "numbers", "flat", "plain", "dropout"}), setup)
