"""Dist-GAN: an autoencoder whose latents are as far apart as its samples, and whose reconstructions pass for real.

Tran, Bui & Cheung, "Dist-GAN: an improved GAN using distance constraints", ECCV 2018. Losses and weights are those of
the authors' code for images, whose reconstructions have a small share of the real side, there with a schedule that
takes it to 0. In the sentence of the class, s is the sigmoid, x' = G(E(x)), phi are the discriminator's features, f is
the mean of phi(x') - phi(G(z)), and g that of E(x) - z times sqrt(size of z / size of phi). The paper trains
autoencoder and generator in two turns; here generator and encoder move at once, by the sum of both losses. The encoder
is the body of the GAN's discriminator under a new last layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game, Sample
from gancheck.gans.heads import replace_head
from gancheck.gans.latent import CODES_TAKEN
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, strategy
from gancheck.strategies.regularisers._features import FeatureStrategy
from gancheck.strategies.regularisers._slopes import between
from gancheck.strategies.search_space import Linear, Log

ENCODER = "encoder"


@strategy(
    "dist-gan",
    family="objective",
    paper="Tran et al., ECCV 2018",
    search={"weight": Log(0.01, 100.0), "share": Linear(0.0, 0.5), "penalty": Log(0.01, 100.0)},
)
@dataclass(frozen=True)
class DistGan(FeatureStrategy):
    """G and E minimise |E s(D(x)) - E s(D(G(z)))| + E (phi(x) - phi(x'))^2 + weight * (f - g)^2; x' is real to D."""

    weight: float = 1.0  #: of the distance constraint, lambda_r in the paper; as in the authors' code for images
    share: float = 0.05  #: of reconstructions among what counts as real; as there, at the start
    penalty: float = 1.0  #: of D's gradient norm away from 1 on segments, lambda_p in the paper; as there

    def __post_init__(self) -> None:
        if self.weight < 0 or self.penalty < 0 or not 0 <= self.share <= 1:
            raise BadParameter(
                f"weight = {self.weight}, penalty = {self.penalty}, share = {self.share}: needs 0 or more, and a share"
            )

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return CODES_TAKEN if gan.build(data).latent.codes else super().supports(gan, data)

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        encoder = replace_head(info.gan.build(info.data).discriminator, info.data, players.latent.size)
        return players.add(ENCODER, encoder, shares="generator")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real = game.average(softplus(-game.real_logits), "real")
        made = game.average(softplus(-game.discriminate(reconstruct(game)[1])), "real")
        fake = game.average(softplus(game.fake_logits), "fake")
        slope = game.input_gradient(between(game, "dist-gan")).flatten(1)
        norm: Tensor = slope.norm(dim=1) / math.sqrt(slope.shape[1])  # of the mean over coordinates, as there
        judged = (1 - self.share) * real + self.share * made + fake
        return judged + self.penalty * (norm - 1).square().mean()

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        score = game.average(game.real_logits.sigmoid(), "real") - game.average(game.fake_logits.sigmoid(), "fake")
        latents, seen = reconstruct(game)
        real, made, fake = (game.features(rows) for rows in (game.real, seen, game.fake))
        ratio = math.sqrt(latents.shape[1] / made.shape[1])
        constraint = (made - fake).mean() - ratio * (latents - game.latent).mean()
        return score.abs() + (real - made).square().mean() + self.weight * constraint.square()


def reconstruct(game: Game) -> tuple[Tensor, Tensor]:
    """(n, size) latents that the encoder gives for the real samples, and what critics see of the samples of these."""
    if game.players.latent.codes:  # of a strategy: real samples have no branch or component of it
        raise BadParameter(f"dist-gan {CODES_TAKEN}")
    latents = game.call(ENCODER, game.batch.x)
    return latents, game.see(Sample(game.generate(latents), latents, game.code, real=False))
