"""Other learning rates than the suite's, as factors, so that they mean the same on every task.

Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium", NeurIPS 2017: the
players have rates of their own. Which suit depends on the treatment, so `gancheck tune` looks for both factors of every
recipe, the untreated GAN's too.
"""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.errors import BadParameter
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy(
    "learning-rates",
    family="optimisation",
    paper="Heusel et al., NeurIPS 2017",
    search={"generator": Log(0.1, 10.0), "discriminator": Log(0.1, 10.0)},
)
@dataclass(frozen=True)
class LearningRates(Strategy):
    """Multiply the learning rates of generator and discriminator, as the suite and strategies to the left have them."""

    generator: float = 0.5  #: factor; half is a choice of ours, 1 leaves the rate as it is
    discriminator: float = 0.5  #: factor; likewise

    def __post_init__(self) -> None:
        for name in ("generator", "discriminator"):
            if not getattr(self, name) > 0:
                raise BadParameter(f"{name} = {getattr(self, name)} must be positive")

    def settings(self, settings: Settings) -> Settings:
        for player in ("generator", "discriminator"):
            settings = settings.tuned(player, lr=getattr(self, player) * settings.player(player).lr)
        return settings
