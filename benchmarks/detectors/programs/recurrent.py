"""A recurrent net that foretells the next value of a noisy wave."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from benchmarks.detectors.programs.base import Program
from benchmarks.detectors.programs.classifier import mean_square
from benchmarks.detectors.programs.training import Pair, Shape, Training, adam

LENGTH = 16


class Recurrent(nn.Module):
    """A plain recurrent layer with tanh, and a linear one."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.recurrent = nn.RNN(1, shape.width, batch_first=True)
        self.last = nn.Linear(shape.width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, length, 1) to the same, one step ahead."""
        found: Tensor = self.last(self.recurrent(x)[0])
        return found


def waves(seed: int, count: int) -> Pair:
    """Sums of two waves of random phase, with noise."""
    stream = torch.Generator().manual_seed(seed)
    time = torch.arange(LENGTH + 1).float()
    phases = 2 * math.pi * torch.rand(count, 2, 1, generator=stream)
    values = (torch.sin(0.5 * time + phases[:, 0]) + torch.sin(1.1 * time + phases[:, 1])).unsqueeze(-1)
    noisy = values + 0.05 * torch.randn(values.shape, generator=stream)
    return noisy[:, :-1], noisy[:, 1:]


def setup(seed: int) -> Training:
    """Adam with clipped gradients, as is usual."""
    train, held_out, test = waves(1, 1_000), waves(2, 300), waves(3, 300)
    shape = Shape(32, 1)
    training = Training(seed, Recurrent, shape, train, held_out, test, mean_square, rate=3e-3, steps=400, clip=1.0)
    training.optimiser, training.initial_loss = adam, float(train[1].var())
    return training


PROGRAM = Program("recurrent", frozenset({"loss", "float"}), setup)
