"""The session: what a model with a training loop of its own is handed.

def train(self, session):
    for _ in session.steps():                  # the budget; evaluation and the clock are seen to in between
        x = session.real(64)                   # (64, *shape) training samples
        z = session.latent(64)                 # (64, latent size)
        ...                                    # session.modules holds the networks; change them as you like
        session.report(generator_loss=loss)    # optional: signals for detectors
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor, nn

from gancheck.datasets.base import Batch
from gancheck.gans.players import Players


class Session(Protocol):
    """One seed's training by the model's own loop."""

    seed: int
    device: torch.device
    modules: dict[str, nn.Module]  #: every network by its name, `generator` among them, on the device

    @property
    def players(self) -> Players:
        """The networks of a GAN; Unsupported for a model without a discriminator, which has `modules`."""

    def steps(self) -> Iterator[int]:
        """Step numbers of the budget; between them the clock stops for probes and snapshots."""

    def real(self, count: int) -> Tensor:
        """(count, *shape) training samples."""

    def batch(self, count: int) -> Batch:
        """Training samples with their modes and rows."""

    def latent(self, count: int) -> Tensor:
        """(count, latent size) draws of the prior, in the shape that the generator takes."""

    def codes(self, count: int) -> Tensor:
        """(count,) int64 codes for as many latents, where `Latent.codes` says that there are some."""

    def report(self, **signals: Tensor | float) -> None:
        """Signals, such as generator_loss=... ; one that is not reported at every step holds its value in between."""
