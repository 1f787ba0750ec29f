"""Diversity-sensitive GAN: reward the generator for every pair of latents whose samples lie apart, up to a bound.

Yang, Hong, Jang, Zhao & Lee, "Diversity-sensitive conditional generative adversarial networks", ICLR 2019. The paper's
generator is conditional and draws twice for every condition; here the two halves of a batch are the pairs, and both
samples of a pair learn, where the authors' code holds one of them. Distances are mean absolute differences, as there.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._pairs import pair_differences
from gancheck.strategies.search_space import Log


@strategy(
    "dsgan",
    family="regulariser",
    paper="Yang et al., ICLR 2019",
    search={"weight": Log(0.08, 800.0), "tau": Log(0.1, 1_000.0)},
)
@dataclass(frozen=True)
class DiversitySensitive(Strategy):
    """Subtract weight * E min(|G(z1) - G(z2)| / (|z1 - z2| + 1e-5), tau) from the generator's loss."""

    weight: float = 8.0  #: lambda in the paper; as in the authors' code for the BicycleGAN's tasks
    tau: float = 10.0  #: bound of the ratio of a pair; as in the authors' code, which leaves it out by default

    def __post_init__(self) -> None:
        if self.weight < 0 or not self.tau > 0:
            raise BadParameter(f"weight = {self.weight} must not be negative, tau = {self.tau} must be positive")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        samples, latents = (pair_differences(rows).flatten(1).mean(1) for rows in (game.samples, game.latent))
        return loss - self.weight * (samples / (latents + 1e-5)).clamp(max=self.tau).mean()
