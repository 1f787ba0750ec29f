"""Minibatch standard deviation: tell the discriminator how varied the batch is.

Karras et al., "Progressive growing of GANs for improved quality, stability, and variation", ICLR 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.heads import REQUIRES_LINEAR_HEAD, has_head, insert_before_head
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Choice


@strategy(
    "minibatch-std", family="discriminator", paper="Karras et al., ICLR 2018", search={"group": Choice(2, 4, 8, 16)}
)
@dataclass(frozen=True)
class MinibatchStd(Strategy):
    """Append to the last hidden layer the standard deviation over a group of samples, averaged over features."""

    group: int = 4  #: samples per group, as in the authors' code; a batch that it does not divide is one group

    def __post_init__(self) -> None:
        if self.group < 2:
            raise BadParameter(f"group = {self.group}: a deviation needs at least 2 samples")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return None if has_head(gan.build(data).discriminator, data) else REQUIRES_LINEAR_HEAD

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        layer = Deviation(self.group)
        return players.wrap("discriminator", lambda critic: insert_before_head(critic, layer, 1, info.seen))


class Deviation(nn.Module):
    """(n, width) -> (n, width + 1)."""

    def __init__(self, group: int) -> None:
        super().__init__()
        self.group = group

    def forward(self, hidden: Tensor) -> Tensor:
        n = len(hidden)
        size = self.group if n % self.group == 0 else n
        groups = hidden.reshape(size, n // size, -1)
        variance = (groups - groups.mean(0)).square().mean(0)  # three times as fast as var() and its gradient
        deviation = (variance + 1e-8).sqrt().mean(1)  # (n / size,)
        return torch.cat([hidden, deviation.repeat(size).unsqueeze(1)], 1)
