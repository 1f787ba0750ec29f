"""Mixture latent: the prior is a mixture of Gaussians that is drawn once and stays.

Ben-Yosef & Weinshall, "Gaussian mixture generative adversarial networks for diverse datasets, and the unsupervised
clustering of images", 2018. This is their static mixture; the one that is learned is deligan here, which came before.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.latent import CODES_TAKEN
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.generator._mixture import mixture_around
from gancheck.strategies.search_space import Choice, Log


@strategy(
    "mixture-latent",
    family="generator",
    paper="Ben-Yosef & Weinshall, 2018",
    search={"components": Choice(5, 10, 20, 50), "spread": Log(0.1, 10.0), "sigma": Log(0.01, 1.0)},
)
@dataclass(frozen=True)
class MixtureLatent(Strategy):
    """Draw z = mu_k + sigma * eps, k uniform, with centres mu_k drawn once from the cube [-spread, spread)^d."""

    components: int = 10  #: Gaussians in the mixture, K in the paper, which takes about as many as there are classes
    spread: float = 1.0  #: half the cube's side, c in the paper; as in an implementation that is not the authors'
    sigma: float = 0.1  #: width of every component; likewise

    def __post_init__(self) -> None:
        if self.components < 1:
            raise BadParameter(f"components = {self.components}: needs at least 1")
        if self.spread < 0 or not self.sigma > 0:
            raise BadParameter(f"spread = {self.spread}, sigma = {self.sigma}: not negative, and positive")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return CODES_TAKEN if gan.build(data).latent.codes else None

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        cube = 2 * torch.rand(self.components, players.latent.size) - 1
        return mixture_around(players, self.spread * cube, self.sigma)[0]
