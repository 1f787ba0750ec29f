"""Training samples, drawn again: perfect modes and no new sample, the yardstick that measures of copying must catch.

Nothing is learned; see Meehan, Chaudhuri & Dasgupta, "A non-parametric test to detect data-copying in generative
models", AISTATS 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

import gancheck as gc


class Memory(nn.Module):
    """Rows that are handed out again. They are noise until `fill`."""

    rows: Tensor
    used: Tensor

    def __init__(self, count: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("rows", torch.randn(count, *shape))
        self.register_buffer("used", torch.tensor(count))  # of the rows, where the data has fewer

    def fill(self, batch: gc.Batch) -> None:
        """Keep training samples, each row of a finite pool once."""
        index = batch.index.tolist()
        first = list({row if row >= 0 else ~place: place for place, row in enumerate(index)}.values())
        self.rows[: len(first)] = batch.x[first]
        self.used.fill_(len(first))

    def forward(self, z: Tensor) -> Tensor:
        """(n, 1) in [-1, 1] -> (n, *shape): which of the rows, all alike likely."""
        place = ((z[:, 0] + 1) / 2 * self.used).long()
        return self.rows[place.minimum(self.used - 1)]


@gc.gan("memoriser")
@dataclass(frozen=True)
class Memoriser(gc.Model):
    """No GAN: replays training samples."""

    count: int = 2_000  #: draws of training data that are kept; of a finite pool each row once

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count = {self.count} must be at least 1")

    def build(self, data: gc.DataSpec) -> gc.Networks:
        return gc.Networks(Memory(self.count, data.shape), gc.Latent(1, "uniform"))

    def train(self, session: gc.Session) -> None:
        memory = session.modules["generator"]
        assert isinstance(memory, Memory)
        for step in session.steps():
            if step == 0:
                memory.fill(session.batch(self.count))
