"""PacGAN: let the discriminator judge several samples at once.

Lin, Khetan, Fanti & Oh, "PacGAN: the power of two samples in generative adversarial networks", NeurIPS 2018.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.game import Game
from gancheck.settings import Settings
from gancheck.strategies.base import Strategy, strategy


@strategy("pacgan", family="discriminator input")
@dataclass(frozen=True)
class PacGan(Strategy):
    """Let the discriminator judge packs of m samples, joined along features or channels, so that sameness shows.

    A batch of n samples gives n // m packs: the samples spent are those of the untreated GAN.
    """

    m: int = 2  #: samples per pack; 1 is the untreated GAN

    def __post_init__(self) -> None:
        if self.m < 1:
            raise BadParameter(f"m = {self.m}: a pack holds at least 1 sample")

    def settings(self, settings: Settings) -> Settings:
        if settings.batch < self.m:
            raise BadParameter(f"pacgan: a batch of {settings.batch} samples holds no pack of m = {self.m}")
        return settings

    def sees(self, data: DataSpec) -> DataSpec:
        return data.packed(self.m)

    def inputs(self, x: Tensor, game: Game) -> Tensor:
        packs = len(x) // self.m
        return x[: packs * self.m].reshape(packs, self.m * x.shape[1], *x.shape[2:])
