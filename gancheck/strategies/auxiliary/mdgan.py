"""Mode regularised GAN: an encoder finds latents of real samples, which the generator must give back.

Che, Li, Jacob, Bengio & Li, "Mode regularized generative adversarial networks", ICLR 2017. This is the paper's
Reg-GAN, in which the two terms join the generator's loss; its manifold-diffusion training, with a second discriminator
in a step of its own, is left out. The distance is the mean square over a sample's numbers, so that a weight means as
much for points as for images; the paper leaves the distance open. The encoder is the body of the GAN's discriminator
under a new last layer.
"""

from __future__ import annotations

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
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Log

ENCODER = "mode-encoder"


@strategy(
    "mdgan",
    family="auxiliary",
    paper="Che et al., ICLR 2017",
    search={"distance": Log(0.02, 2.0), "fooling": Log(0.04, 4.0)},
)
@dataclass(frozen=True)
class ModeRegularised(Strategy):
    """Add distance * ||x - G(E(x))||^2 - fooling * log D(G(E(x))) to the loss of the generator and an encoder E."""

    distance: float = 0.2  #: lambda_1 in the paper; as in De Meulemeester et al.'s code for points (BuresGAN, 2021)
    fooling: float = 0.4  #: lambda_2 in the paper; likewise

    def __post_init__(self) -> None:
        if min(self.distance, self.fooling) < 0 or self.distance + self.fooling == 0:
            raise BadParameter(f"distance = {self.distance}, fooling = {self.fooling}: not negative, one positive")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return CODES_TAKEN if gan.build(data).latent.codes else None

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        encoder = replace_head(info.gan.build(info.data).discriminator, info.data, players.latent.size)
        return players.add(ENCODER, encoder, shares="generator")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        if game.players.latent.codes:  # of a strategy: real samples have no branch or component of it
            raise BadParameter(f"mdgan {CODES_TAKEN}")
        latent = game.call(ENCODER, game.batch.x)
        again = game.generate(latent)
        logits = game.discriminate(game.see(Sample(again, latent, None, real=False)))
        error = (game.batch.x - again).square().mean()
        return loss + self.distance * error + self.fooling * softplus(-logits).mean()
