"""VEEGAN: a reconstructor reads latents off samples, and the discriminator judges both together.

Srivastava, Valkov, Russell, Gutmann & Sutton, "VEEGAN: reducing mode collapse in GANs using implicit variational
learning", NeurIPS 2017. As in the paper, the generator minimises the mean logit itself and not a cross entropy, and the
reconstructor learns from reconstructed latents alone. The paper's logits are high for generated pairs, here as
everywhere for real ones. The reconstructor is the body of the GAN's discriminator under a new last layer, and the
discriminator the GAN's own, built for samples joined with latents (see ali).
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.game import Game, Sample
from gancheck.gans.heads import replace_head
from gancheck.gans.latent import Latent, join
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Log

RECONSTRUCTOR = "reconstructor"


@strategy("veegan", family="objective", paper="Srivastava et al., NeurIPS 2017", search={"weight": Log(0.01, 100.0)})
@dataclass(frozen=True)
class Veegan(Strategy):
    """D tells (x, F(x)) from (G(z), z); G and reconstructor F minimise -D(G(z), z) + weight * ||z - F(G(z))||^2."""

    weight: float = 1.0  #: of the reconstructed latents' error; the paper has none, which is 1

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise BadParameter(f"weight = {self.weight} must be positive: nothing else trains the reconstructor")

    def discriminator_data(self, data: DataSpec, latent: Latent) -> DataSpec:
        return data.joined(latent.size)

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        reconstructor = replace_head(info.gan.build(info.data).discriminator, info.data, players.latent.size)
        return players.add(RECONSTRUCTOR, reconstructor, shares="generator")

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        return join(x, game.call(RECONSTRUCTOR, of.x) if of.z is None else of.z)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.real_logits), "real") + game.average(softplus(game.fake_logits), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        error: Tensor = game.latent - game.call(RECONSTRUCTOR, game.samples)  # (n, size)
        return game.average(-game.fake_logits, "fake") + self.weight * error.square().sum(1).mean()
