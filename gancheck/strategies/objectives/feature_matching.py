"""Feature matching: the generator reproduces the mean of the discriminator's features, and does not fool it.

Salimans et al., "Improved techniques for training GANs", NeurIPS 2016. Features are those that the discriminator's last
layer is given.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.gans.game import Game
from gancheck.strategies.base import strategy
from gancheck.strategies.objectives._shares import row_shares
from gancheck.strategies.objectives.none import NonSaturating
from gancheck.strategies.regularisers._features import FeatureStrategy


@strategy("feature-matching", family="objective", paper="Salimans et al., NeurIPS 2016")
@dataclass(frozen=True)
class FeatureMatching(FeatureStrategy, NonSaturating):
    """G minimises ||E phi(x) - E phi(G(z))||^2, phi the features of D, which tells real from generated as ever."""

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real, fake = game.features(game.real), game.features(game.fake)
        gap = row_shares(game, len(real), "real") @ real - row_shares(game, len(fake), "fake") @ fake
        return gap.square().sum()
