"""Particle prior: latents are drawn from a table that is learned with the generator.

Garcia, ParticleGAN (github.com/255BITS/ParticleGAN), 2025, a public project without a paper. Its table has 20,000 rows
for batches of 2,048; ours has about as many rows for each sample of a batch of 128. Its first terms against a collapse
of the table are those of VICReg (Bardes, Ponce & LeCun, ICLR 2022). Later versions of the project leave them out, and
change loss, penalty and optimisers too, of which nothing is here: take rpgan, r1r2 and others for that. A little noise
around each row is ours, without which there would be no more distinct samples than rows; later versions have some too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.latent import CODES_TAKEN
from gancheck.gans.players import Players
from gancheck.gans.settings import Settings
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.generator._mixture import mixture_around
from gancheck.strategies.generator.deligan import PRIOR
from gancheck.strategies.search_space import Choice, Log

FLOOR = 1e-4  #: beside the variance under its root, as in the project's code


@strategy(
    "particle-prior",
    family="generator",
    paper="Garcia, ParticleGAN, 2025",
    search={"particles": Choice(300, 1_000, 3_000), "sigma": Log(0.005, 0.5), "weight": Log(0.01, 100.0)},
)
@dataclass(frozen=True)
class ParticlePrior(Strategy):
    """Learn a table z_k; add weight * (mean_j relu(1 - std_j) + sum_(i!=j) cov_ij^2 / d) to the generator's loss."""

    particles: int = 1000  #: rows of the table, which start normal; see above
    sigma: float = 0.05  #: of the noise around a row; a choice of ours
    weight: float = 1.0  #: of the terms on the table's deviations and covariances; as in the project's code
    ratio: float = 2.0  #: learning rate of the table over the generator's; as in the project's code

    def __post_init__(self) -> None:
        if self.particles < 2 or min(self.weight, self.sigma) < 0 or not self.ratio > 0:
            raise BadParameter(
                f"particles = {self.particles}, sigma = {self.sigma}, weight = {self.weight}, ratio = {self.ratio}: "
                "needs at least 2 rows, nothing negative, and a positive ratio"
            )

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return CODES_TAKEN if gan.build(data).latent.codes else None

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        table = torch.randn(self.particles, players.latent.size)
        learned, prior = mixture_around(players, table, self.sigma)
        prior.mu.requires_grad_()
        return learned

    def final_settings(self, settings: Settings) -> Settings:
        generators = settings.player("generator")
        own = replace(generators, lr=self.ratio * generators.lr)
        return replace(settings, players={**settings.players, PRIOR: own})

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.weight * shape_of(game.constrained_weights(PRIOR)["mu"])


def shape_of(table: Tensor) -> Tensor:
    """How far columns deviate less than 1, and the covariances of different ones, of rows (k, d)."""
    k, d = table.shape
    centred = table - table.mean(0)
    covariance = centred.mT @ centred / (k - 1)
    variance = covariance.diagonal()
    narrow = (1 - (variance + FLOOR).sqrt()).relu().mean()
    return narrow + (covariance - torch.diag(variance)).square().sum() / d
