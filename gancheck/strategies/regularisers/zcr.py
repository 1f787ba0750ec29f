"""Latent consistency regularisation: a small change of the latent must move the sample, and leave the logit.

Zhao, Singh, Lee, Zhang, Odena & Zhang, "Improved consistency regularization for GANs", AAAI 2021. The distance of
samples is a mean over their numbers, as in public reimplementations, so that one weight serves samples of any size.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game, Sample
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Log


@strategy(
    "zcr",
    family="regulariser",
    paper="Zhao et al., AAAI 2021",
    search={"weight": Log(0.2, 2_000.0), "spread": Log(0.005, 50.0), "sigma": Log(0.005, 0.5)},
)
@dataclass(frozen=True)
class LatentConsistency(Strategy):
    """Add weight * E (D(G(z)) - D(G(z')))^2 to D's loss and -spread * E |G(z) - G(z')|^2 to G's, z' = z + N(0, s^2)."""

    weight: float = 20.0  #: of the discriminator's term; as in the authors' code, 5 for small networks
    spread: float = 0.5  #: weight of the generator's term; as in the authors' code
    sigma: float = 0.05  #: standard deviation of the latent's change; as in the authors' code

    def __post_init__(self) -> None:
        if self.weight < 0 or self.spread < 0 or not self.sigma > 0:
            raise BadParameter(
                f"weight = {self.weight}, spread = {self.spread}, sigma = {self.sigma}: "
                "weights are at least 0, and sigma is positive"
            )

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        latent, samples = self.neighbours(game)
        seen = game.see(Sample(samples, latent, game.code, real=False))
        return loss + self.weight * (game.fake_logits - game.discriminate(seen)).square().mean()

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss - self.spread * (game.samples - self.neighbours(game)[1]).square().mean()

    def neighbours(self, game: Game) -> tuple[Tensor, Tensor]:
        """Latents close by, and what the generator makes of them."""
        latent = game.latent + self.sigma * game.normal("zcr", game.latent.shape)
        return latent, game.generate(latent)
