"""Fourier features: the discriminator also sees sines and cosines of its inputs, so that it tells fine detail apart.

Tancik et al., "Fourier features let networks learn high frequency functions in low dimensional domains", NeurIPS 2020:
their axis-aligned features with frequencies that double. They stand before the first layer of every critic, so that
gradient penalties are those of the samples themselves. The critic is built for as many more features, or channels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.heads import dry_calls
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Choice


@strategy(
    "fourier-features",
    family="discriminator",
    paper="Tancik et al., NeurIPS 2020",
    search={"bands": Choice(1, 2, 3, 4)},
)
@dataclass(frozen=True)
class FourierFeatures(Strategy):
    """Let every critic see [x, sin(2^i pi x), cos(2^i pi x)], i = 0 to bands - 1, in place of x."""

    bands: int = 2  #: frequencies; a choice of ours, 2 in a public study of mixtures of Gaussians

    def __post_init__(self) -> None:
        if self.bands < 1:
            raise BadParameter(f"bands = {self.bands}: needs at least 1 frequency")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        calls = dry_calls(gan.build(self.widened(data)).discriminator, self.widened(data))
        return (
            None if calls and calls[0].name else "needs a discriminator of several layers, of which it widens the first"
        )

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return players.wrap("discriminator", lambda critic: self.prefix(critic, info))

    def prefix(self, critic: nn.Module, info: BuildInfo) -> nn.Module:
        """The critic with features before it, and its first layer exchanged for one that takes them."""
        wide = info.gan.build(self.widened(info.seen)).discriminator  # whatever else was done to the critic stays
        name, layer = dry_calls(critic, info.seen)[0].name, dry_calls(wide, self.widened(info.seen))[0].layer
        critic.set_submodule(name, layer)
        parts = critic if isinstance(critic, nn.Sequential) else (critic,)
        return nn.Sequential(Features(self.bands), *parts)

    def widened(self, data: DataSpec) -> DataSpec:
        """The spec of samples with their features."""
        return data.packed(1 + 2 * self.bands)


class Features(nn.Module):
    """(n, c, ...) -> (n, c (1 + 2 bands), ...)."""

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.bands = bands

    def forward(self, x: Tensor) -> Tensor:
        angles = [2**i * math.pi * x for i in range(self.bands)]
        return torch.cat([x, *(angle.sin() for angle in angles), *(angle.cos() for angle in angles)], 1)
