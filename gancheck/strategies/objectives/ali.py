"""ALI: an encoder learns to answer samples with latents, and the discriminator judges both together.

Dumoulin et al., "Adversarially learned inference", ICLR 2017. Donahue, Krahenbuhl & Darrell, "Adversarial feature
learning", ICLR 2017 (BiGAN), is the same game with an encoder that draws nothing. The encoder is the body of the GAN's
discriminator under a new last layer, or a small perceptron where a body cannot be told (`replace_head`). The
discriminator is the GAN's own, built for samples joined with latents, as further features or constant channels, where
the paper has layers of their own for both.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.datasets.base import DataSpec
from gancheck.gans.game import Game, Sample
from gancheck.gans.heads import replace_head
from gancheck.gans.latent import Latent, join
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy

ENCODER = "encoder"


@strategy("ali", family="objective", paper="Dumoulin et al., ICLR 2017")
@dataclass(frozen=True)
class Ali(Strategy):
    """D tells (x, z ~ E(x)) from (G(z), z), generator and encoder E minimise sp(D(x, E(x))) + sp(-D(G(z), z))."""

    def discriminator_data(self, data: DataSpec, latent: Latent) -> DataSpec:
        return data.joined(latent.size)

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        encoder = replace_head(info.gan.build(info.data).discriminator, info.data, 2 * players.latent.size)
        return players.add(ENCODER, encoder, shares="generator")

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        return join(x, encode(of.x, game) if of.z is None else of.z)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.real_logits), "real") + game.average(softplus(game.fake_logits), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(game.real_logits), "real") + game.average(softplus(-game.fake_logits), "fake")


def encode(x: Tensor, game: Game) -> Tensor:
    """(n, size) latents of samples, drawn from the Gaussian that the encoder gives for each."""
    mean, log_deviation = game.call(ENCODER, x).chunk(2, 1)
    latents: Tensor = mean + log_deviation.exp() * game.normal("ali", mean.shape)
    return latents
