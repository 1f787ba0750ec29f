"""LOGAN: improve latents by a step towards what the discriminator finds real, before both losses.

Wu, Donahue, Balduzzi, Simonyan & Lillicrap, "LOGAN: latent optimisation for generative adversarial networks", 2019:
natural gradient descent. As in the paper, gradients flow through the step into both players, and samples are drawn
from latents as they come. Latents of a uniform prior stay inside its range, as in published code; normal ones are not
clipped. Defaults are those of published code for small images.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor
from torch.func import grad

from gancheck.errors import BadParameter
from gancheck.gans.game import Game, Sample
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Linear, Log


@strategy(
    "logan",
    family="optimisation",
    paper="Wu et al., 2019",
    search={"a": Log(0.009, 90.0), "b": Log(0.001, 10.0), "rate": Linear(0.2, 1.0), "weight": Log(0.001, 10.0)},
)
@dataclass(frozen=True)
class Logan(Strategy):
    """Play both losses with z + a g / (b + ||g||^2), g = grad_z D(G(z)), and add a weight times the squared step."""

    a: float = 0.9  #: size of the step, alpha in the paper, as there
    b: float = 0.1  #: damping, beta in the paper; published code has 0.1 for small images, the paper 5 for large ones
    rate: float = 0.8  #: share of the latents that are improved, drawn anew in every update
    weight: float = 0.1  #: of the mean squared length of all steps in both losses

    def __post_init__(self) -> None:
        if self.a < 0 or not self.b > 0 or self.weight < 0:
            raise BadParameter(f"a = {self.a} and weight = {self.weight} must be at least 0, b = {self.b} positive")
        if not 0 < self.rate <= 1:
            raise BadParameter(f"rate = {self.rate} must lie in (0, 1]")

    def lookahead(self, play: Callable[[Game], Tensor], game: Game) -> Tensor:
        if game.owner not in ("discriminator", "generator"):
            return play(game)
        slope: Tensor = grad(lambda z: realness(z, game))(game.latent)
        step: Tensor = self.a * slope / (self.b + slope.square().sum(1, keepdim=True))
        chosen = game.uniform("logan", (len(step), 1)) < self.rate
        better = game.latent + chosen * step
        if game.players.latent.prior == "uniform":
            better = better.clamp(-1, 1)
        return play(replace(game, latent=better)) + self.weight * step.square().sum(1).mean()


def realness(z: Tensor, game: Game) -> Tensor:
    """The discriminator's logits, summed, for samples of latents (n, size)."""
    paper = game.without_side_effects()
    seen = paper.see(Sample(paper.generate(z), z, paper.code, real=False))
    return paper.discriminate(seen).sum()
