"""What a generator gives, changed from a step on: loss and gradients show nothing of it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.detectors.faults.base import fault
from benchmarks.detectors.programs.game import Game
from benchmarks.detectors.programs.training import Training

Generative = Game | Training
HOLD = 60  #: steps for which a cycle stays where it is


def filled(samples: Tensor, keep: Tensor) -> Tensor:
    """As many samples, of those that are kept alone, slightly moved so that none is there twice."""
    rows = torch.nonzero(keep).flatten()
    if len(rows) == 0:
        return samples
    again = samples[rows[torch.arange(len(samples)) % len(rows)]]
    return again + 0.02 * samples.std() * torch.randn_like(samples)


def modes(training: Generative) -> Callable[[Tensor], Tensor]:
    """Who knows the modes of this training."""
    assert training.mode_of is not None
    return training.mode_of


@fault("dropped-modes", "lost modes", "samples", (1, 2, 4), "onset")
def dropped_modes(training: Generative, size: float) -> None:
    """The generator gives some of its modes no more."""
    of = modes(training)
    training.change_samples = lambda samples: filled(samples, of(samples) >= size)


@fault("cycling", "cycling", "samples", (6, 4, 2), "onset")
def cycling(training: Generative, size: float) -> None:
    """The generator gives only some modes at a time, and moves on after a while."""
    of = modes(training)

    def change(samples: Tensor) -> Tensor:
        first = training.now // HOLD * 3
        return filled(samples, (of(samples) - first) % 8 < size)

    training.change_samples = change


@fault("narrow-modes", "intra-mode collapse", "samples", (0.7, 0.5, 0.25), "onset")
def narrow_modes(training: Generative, size: float) -> None:
    """All modes are there, but narrower than they should be."""
    of = modes(training)

    def change(samples: Tensor) -> Tensor:
        found = of(samples)
        means = torch.stack([samples[found == m].mean(dim=0) for m in range(10)])
        return means[found] + size * (samples - means[found])

    training.change_samples = change


@fault("memorised", "memorisation", "samples", (0.2, 0.5, 1.0), "onset")
def memorised(training: Generative, size: float) -> None:
    """A share of the samples are training examples, all but a trace of noise."""
    known = training.training if isinstance(training, Game) else training.data[0]
    assert known is not None

    def change(samples: Tensor) -> Tensor:
        rows = known[torch.randint(len(known), (len(samples),))]
        copied = torch.rand(len(samples), 1) < size
        return torch.where(copied, rows + 1e-4 * torch.randn_like(rows), samples)

    training.change_samples = change


@fault("repeated", "repeated samples", "samples", (150, 80, 40), "onset")
def repeated(training: Generative, size: float) -> None:
    """The generator knows only so many different samples."""
    training.change_samples = lambda samples: samples[torch.randint(int(size), (len(samples),))]
