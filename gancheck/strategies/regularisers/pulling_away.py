"""The pulling-away term: the features of the samples of a batch shall point into different directions.

Zhao, Mathieu & LeCun, "Energy-based generative adversarial network", ICLR 2017. The paper takes the code of its
discriminator, which is an autoencoder; here it is the discriminator's features, the mean over all critics.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import normalize

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import strategy
from gancheck.strategies.regularisers._features import FeatureStrategy, average_over_critics
from gancheck.strategies.search_space import Log


@strategy("pulling-away", family="regulariser", paper="Zhao et al., ICLR 2017", search={"weight": Log(0.001, 10.0)})
@dataclass(frozen=True)
class PullingAway(FeatureStrategy):
    """Add weight * mean_{i != j} cos^2(s_i, s_j) of the features s of generated samples to the generator's loss."""

    weight: float = 0.1  #: of the term; as in the paper

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise BadParameter(f"weight = {self.weight} is negative")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.weight * average_over_critics(likeness, game)


def likeness(game: Game) -> Tensor:
    """The mean squared cosine between the features of two different rows."""
    features = normalize(game.features(game.fake), dim=1)
    n = len(features)
    cosines = features @ features.mT
    return (cosines.square().sum() - cosines.diagonal().square().sum()) / (n * max(n - 1, 1))
