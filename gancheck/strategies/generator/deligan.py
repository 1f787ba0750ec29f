"""DeLiGAN: latents from a mixture of Gaussians whose centres and widths are learned with the generator.

Gurumurthy, Sarvadevabhatla & Babu, "DeLiGAN: generative adversarial networks for diverse and limited data", CVPR 2017.
Numbers are those of the authors' code for points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.latent import CODES_TAKEN, one_hot
from gancheck.gans.players import Players
from gancheck.gans.settings import Settings
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Choice, Log

PRIOR = "prior"


@strategy(
    "deligan",
    family="generator",
    paper="Gurumurthy et al., CVPR 2017",
    search={"components": Choice(10, 25, 50, 100), "sigma": Log(0.002, 0.2), "weight": Log(0.001, 10.0)},
)
@dataclass(frozen=True)
class Deligan(Strategy):
    """Learn the prior z = mu_k + sigma_k * eps, k uniform; add weight * E (sigma - 1)^2 to the generator's loss."""

    components: int = 50  #: Gaussians in the mixture, N in the paper
    sigma: float = 0.02  #: every width at the start
    weight: float = 0.1  #: of the term that keeps widths from vanishing, lambda in the paper
    ratio: float = 1.0  #: learning rate of centres and widths over the generator's; the paper has one for both

    def __post_init__(self) -> None:
        if self.components < 1 or self.weight < 0:
            raise BadParameter(f"components = {self.components}, weight = {self.weight}: needs 1 or more, 0 or more")
        if not (self.sigma > 0 and self.ratio > 0):
            raise BadParameter(f"sigma = {self.sigma}, ratio = {self.ratio}: both must be positive")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return CODES_TAKEN if gan.build(data).latent.codes else None

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        mixed = players.with_codes(self.components)
        normal = mixed.replace(latent=replace(mixed.latent, prior="normal"))
        return normal.add(PRIOR, Mixture(self.components, normal.latent.size, self.sigma), role="prior")

    def final_settings(self, settings: Settings) -> Settings:
        generators = settings.player("generator")
        own = replace(generators, lr=self.ratio * generators.lr)
        return replace(settings, players={**settings.players, PRIOR: own})

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        sigma = game.constrained_weights(PRIOR)["sigma"]
        return loss + self.weight * (sigma - 1).square().mean()


class Mixture(nn.Module):
    """(eps (n, size), component (n,)) -> z (n, size); centres start uniform on [-1, 1)."""

    def __init__(self, components: int, size: int, sigma: float) -> None:
        super().__init__()
        self.mu = nn.Parameter(2 * torch.rand(components, size) - 1)
        self.sigma = nn.Parameter(torch.full((components, size), sigma))

    def forward(self, noise: Tensor, component: Tensor) -> Tensor:
        chosen = one_hot(component, len(self.mu))
        return chosen @ self.mu + chosen @ self.sigma * noise
