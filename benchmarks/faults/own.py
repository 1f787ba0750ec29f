"""A GAN with a training loop of its own, whose seeds are committed one by one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

import gancheck as gc


@gc.gan("own")
@dataclass(frozen=True)
class Own(gc.Gan):
    """A linear generator that wanders."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        """Two layers."""
        return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    def train(self, session: gc.Session) -> None:
        """Noise on the weights."""
        weight = next(session.players.generator.parameters())
        for _ in session.steps():
            with torch.no_grad():
                weight.add_(0.1 * session.latent(2))
