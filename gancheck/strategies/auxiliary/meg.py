"""Maximum entropy generators: a network tells samples with their latents from samples with those of others.

Kumar, Ozair, Goyal, Courville & Bengio, "Maximum entropy generators for energy-based models", 2019. As in the authors'
code, generator and statistic network minimise the same cross entropy, by which the mutual information of latents and
samples rises, and with it the entropy of samples. The paper's discriminator is an energy with a penalty; here it is
that of the recipe, and the term joins any objective. A sample's other latent is its neighbour's in the batch, where
the authors shuffle. The network is the GAN's discriminator, built for samples joined with latents.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.latent import join
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Log

STATISTIC = "statistic"


@strategy("meg", family="auxiliary", paper="Kumar et al., 2019", search={"weight": Log(0.01, 100.0)})
@dataclass(frozen=True)
class MaximumEntropy(Strategy):
    """Add weight / 2 * (sp(-T(G(z), z)) + sp(T(G(z), z'))) to the loss of the generator and a statistic network T."""

    weight: float = 1.0  #: of the term; as in the authors' code

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise BadParameter(f"weight = {self.weight} must be positive: nothing else trains the statistic network")

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        network = info.gan.build(info.data.joined(players.latent.size)).discriminator
        return players.add(STATISTIC, network, shares="generator")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        own = game.call(STATISTIC, join(game.samples, game.latent))
        other = game.call(STATISTIC, join(game.samples, game.latent.roll(1, 0)))
        return loss + self.weight / 2 * (softplus(-own).mean() + softplus(other).mean())
