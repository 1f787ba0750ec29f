"""Learning rates, gradients and steps that are wrong."""

from __future__ import annotations

from benchmarks.detectors.faults.base import fault
from benchmarks.detectors.programs.training import Training


@fault("rate-too-high", "rate too high", "loss", (4, 15, 60))
def rate_too_high(training: Training, size: float) -> None:
    """The learning rate is many times too high from the start."""
    training.rate *= size


@fault("rate-too-low", "rate too low", "loss", (0.1, 0.01, 0.001))
def rate_too_low(training: Training, size: float) -> None:
    """The learning rate is a small part of what it should be."""
    training.rate *= size


@fault("divergence", "divergence", "loss", (20, 100, 1_000), "onset")
def divergence(training: Training, size: float) -> None:
    """The learning rate jumps in the middle of the training."""
    training.rate *= size


@fault("batch-too-small", "noisy gradient", "loss", (8, 4, 2))
def batch_too_small(training: Training, size: float) -> None:
    """Only a few examples a step, at the same learning rate."""
    training.batch = int(size)
