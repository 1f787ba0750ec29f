"""Two time scales: the discriminator learns faster than the generator.

Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium", NeurIPS 2017; the
ratio of 4 is that of Zhang et al., "Self-attention generative adversarial networks", ICML 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.errors import BadParameter
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy("ttur", family="optimisation", paper="Heusel et al., NeurIPS 2017", search={"ratio": Log(0.4, 40.0)})
@dataclass(frozen=True)
class Ttur(Strategy):
    """Multiply the discriminator's learning rate, and leave the generator's."""

    ratio: float = 4.0  #: discriminator's learning rate over the suite's

    def __post_init__(self) -> None:
        if not self.ratio > 0:
            raise BadParameter(f"ratio = {self.ratio} must be positive")

    def settings(self, settings: Settings) -> Settings:
        return settings.tuned("discriminator", lr=self.ratio * settings.player("discriminator").lr)
