"""PacGAN: let the discriminator judge several samples at once.

Lin, Khetan, Fanti & Oh, "PacGAN: the power of two samples in generative adversarial networks", NeurIPS 2018.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.game import Game, Sample
from gancheck.gans.latent import Latent
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice


@strategy("pacgan", family="discriminator", paper="Lin et al., NeurIPS 2018", search={"m": Choice(2, 3, 4)})
@dataclass(frozen=True)
class PacGan(Strategy):
    """Let the discriminator judge packs of m samples, joined along features or channels, so that sameness shows.

    A batch of n is n packs, as in the paper: m times the samples, and as many judgements as the untreated GAN's.
    """

    m: int = 2  #: samples per pack; 1 is the untreated GAN

    def __post_init__(self) -> None:
        if self.m < 1:
            raise BadParameter(f"m = {self.m}: a pack holds at least 1 sample")

    def settings(self, settings: Settings) -> Settings:
        return replace(settings, batch=self.m * settings.batch)

    def discriminator_data(self, data: DataSpec, latent: Latent) -> DataSpec:
        return data.packed(self.m)

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        packs = len(x) // self.m
        return x[: packs * self.m].reshape(packs, self.m * x.shape[1], *x.shape[2:])
