"""Minibatch discrimination: let the discriminator compare every sample with the others of its batch.

Salimans et al., "Improved techniques for training GANs", NeurIPS 2016. It costs 28 times a plain step of these small
networks: 100 kernels compare all pairs of a batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.heads import REQUIRES_LINEAR_HEAD, has_head, insert_before_head, require_head
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.discriminator._l1_distance import distances
from gancheck.strategies.search_space import Choice


@strategy(
    "minibatch-discrimination",
    family="discriminator",
    paper="Salimans et al., NeurIPS 2016",
    search={"kernels": Choice(20, 50, 100, 200), "width": Choice(3, 5, 10)},
)
@dataclass(frozen=True)
class MinibatchDiscrimination(Strategy):
    """Append to the last hidden layer each sample's closeness to the others, o_b = sum_j exp(-|M_ib - M_jb|_1)."""

    kernels: int = 100  #: outputs per sample, B in the paper
    width: int = 5  #: numbers that a kernel compares, C in the paper

    def __post_init__(self) -> None:
        if self.kernels < 1 or self.width < 1:
            raise BadParameter(f"kernels = {self.kernels}, width = {self.width}: both need at least 1")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return None if has_head(gan.build(data).discriminator, data) else REQUIRES_LINEAR_HEAD

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return players.wrap("discriminator", lambda critic: self.insert_closeness(critic, info.seen))

    def insert_closeness(self, critic: nn.Module, seen: DataSpec) -> nn.Module:
        """The critic with its samples' closeness before its head."""
        layer = Closeness(require_head(critic, seen).width, self.kernels, self.width)
        return insert_before_head(critic, layer, self.kernels, seen)


class Closeness(nn.Module):
    """(n, hidden) -> (n, hidden + kernels)."""

    def __init__(self, hidden: int, kernels: int, width: int) -> None:
        super().__init__()
        self.tensor = nn.Parameter(torch.randn(hidden, kernels, width) / hidden**0.5)

    def forward(self, hidden: Tensor) -> Tensor:
        keys = torch.einsum("nh,hkw->knw", hidden, self.tensor)
        closeness = torch.exp(-distances(keys)).sum(2)  # (kernels, n)
        return torch.cat([hidden, closeness.mT - 1], 1)  # minus the sample's closeness to itself
