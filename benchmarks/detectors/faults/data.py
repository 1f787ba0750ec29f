"""Data that is not as it should be, and models that do not suit it."""

from __future__ import annotations

import torch
from torch import Tensor

from benchmarks.detectors.faults.base import fault
from benchmarks.detectors.programs.training import Training


def shuffled(y: Tensor, share: float) -> Tensor:
    """Targets of which a share belongs to other rows."""
    stream = torch.Generator().manual_seed(0)
    rows = torch.randperm(len(y), generator=stream)[: round(share * len(y))]
    changed = y.clone()
    changed[rows] = y[rows[torch.randperm(len(rows), generator=stream)]]
    return changed


@fault("few-noisy-examples", "overfitting", "plain", (200, 100, 50), "design")
def few_noisy_examples(training: Training, size: float) -> None:
    """A few examples, a quarter of them with wrong targets."""
    x, y = (part[: int(size)] for part in training.data)
    training.data = x, shuffled(y, 0.25)


@fault("small-network", "underfitting", "loss", (8, 4, 2), "design")
def small_network(training: Training, size: float) -> None:
    """A network that is far too narrow."""
    training.shape.width = int(size)


@fault("strong-decay", "underfitting", "loss", (0.003, 0.01, 0.03), "design")
def strong_decay(training: Training, size: float) -> None:
    """Weights that lose this share of themselves in every step."""
    training.decay = size / training.rate


@fault("imbalanced-labels", "imbalanced labels", "classes", (0.2, 0.05, 0.01), "design")
def imbalanced_labels(training: Training, size: float) -> None:
    """Half of the classes are rare in training, but not in what the model is for."""
    x, y = training.data
    keep = (y < 5) | (torch.rand(len(y), generator=torch.Generator().manual_seed(0)) < size)
    training.data = x[keep], y[keep]


@fault("raw-inputs", "input range", "classes", (16, 64, 255), "design")
def raw_inputs(training: Training, size: float) -> None:
    """Pixels as they are stored, not scaled to 0..1."""
    for name in ("data", "held_out", "test"):
        x, y = getattr(training, name)
        setattr(training, name, (x * size, y))


@fault("labels-shuffled", "performance drop", "classes", (0.3, 0.6, 1.0), "onset")
def labels_shuffled(training: Training, size: float) -> None:
    """From a step on, a share of the targets belongs to other examples."""
    x, y = training.data
    training.data = x, shuffled(y, size)


@fault("wrong-noise", "noise scale", "diffusion", (1.3, 2, 4))
def wrong_noise(training: Training, size: float) -> None:
    """More noise is added in training than the model is told to find."""
    training.model.scale = torch.tensor(size)
