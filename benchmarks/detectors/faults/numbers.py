"""Numbers that are no numbers any more, and batches that are far off."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from benchmarks.detectors.faults.base import fault
from benchmarks.detectors.programs.training import Pair, Training


@fault("not-finite", "not finite", "loss", (1, 2, 3), "onset")
def not_finite(training: Training, size: float) -> None:
    """One weight is NaN; or the loss is infinite, by an exponential, or NaN, by a logarithm of zero."""
    if size == 1:
        with torch.no_grad():
            next(training.model.parameters()).view(-1)[0] = math.nan
    else:
        training.change_loss = overflowing if size == 2 else log_of_zero


def overflowing(loss: Tensor) -> Tensor:
    """Too large for single precision."""
    return loss * torch.exp(loss.detach() * 0 + 100)


def log_of_zero(loss: Tensor) -> Tensor:
    """The usual mistake."""
    return loss + 0 * torch.log(loss - loss)


@fault("bad-batches", "loss spike", "loss float", (10, 30, 100), "onset")
def bad_batches(training: Training, size: float) -> None:
    """Five batches in a row whose inputs are many times too large."""
    training.change_batch = LargerUntil(training.now + 5, size)


class LargerUntil:
    """Inputs times a factor, before a step."""

    def __init__(self, end: int, factor: float) -> None:
        self.end, self.factor = end, factor

    def __call__(self, step: int, x: Tensor, y: Tensor) -> Pair:
        """The batch of one step."""
        return (x * self.factor, y) if step < self.end else (x, y)
