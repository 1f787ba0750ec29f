"""More discriminator updates than generator updates.

Goodfellow et al., "Generative adversarial nets", NeurIPS 2014, whose algorithm takes k discriminator steps for each of
the generator's, with k = 1; five are those of Arjovsky, Chintala & Bottou, "Wasserstein generative adversarial
networks", ICML 2017. A step stays one generator update, so the discriminator sees k times the batches. It costs 3 times
a plain step, as five updates of the discriminator come before each of the generator's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice


@strategy("n-critic", family="optimisation", paper="Goodfellow et al., NeurIPS 2014", search={"k": Choice(2, 3, 5, 8)})
@dataclass(frozen=True)
class NCritic(Strategy):
    """Update the discriminator k times, each on a batch of its own, for every update of the generator."""

    k: int = 5  #: discriminator updates per generator update, as Arjovsky et al. have it; 1 is the untreated GAN

    def __post_init__(self) -> None:
        if self.k < 1:
            raise BadParameter(f"k = {self.k}: needs at least 1 discriminator update")

    def settings(self, settings: Settings) -> Settings:
        if settings.critic_steps == self.k > 1:
            raise BadParameter(f"k = {self.k} updates are what the recipe takes without n-critic; set another k")
        return replace(settings, critic_steps=self.k)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        if game.settings.critic_steps != self.k:
            raise BadParameter(
                f"k = {self.k} updates are undone to its right: players move at once there, or k is another"
            )
        return loss
