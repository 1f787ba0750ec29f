"""The Wasserstein critic with a gradient penalty between real and generated samples.

Gulrajani et al., "Improved training of Wasserstein GANs", NeurIPS 2017. The authors' toy code uses weight 0.1. It costs
8 times a plain step: five critic steps, each with a second derivative.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from gancheck.gans.game import Game
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._slopes import between
from gancheck.strategies.search_space import Choice, Log


@strategy(
    "wgan-gp",
    family="objective",
    paper="Gulrajani et al., NeurIPS 2017",
    search={"weight": Log(0.1, 1_000.0), "critic_steps": Choice(1, 2, 5)},
)
@dataclass(frozen=True)
class WganGp(Strategy):
    """A critic without a sigmoid, its gradient norm held near 1 on segments between real and generated samples."""

    weight: float = 10.0  #: of the penalty, lambda in the paper
    critic_steps: int = 5  #: discriminator updates per generator update

    def settings(self, settings: Settings) -> Settings:
        return replace(settings, critic_steps=self.critic_steps)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        norm: Tensor = game.input_gradient(between(game, "wgan-gp")).flatten(1).norm(dim=1)
        distance = game.average(game.fake_logits, "fake") - game.average(game.real_logits, "real")
        return distance + self.weight * (norm - 1).square().mean()

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return -game.average(game.fake_logits, "fake")
