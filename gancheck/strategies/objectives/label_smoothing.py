"""One-sided label smoothing: the target of real samples lies below 1, so that the discriminator is never quite sure.

Salimans et al., "Improved techniques for training GANs", NeurIPS 2016. A target that is no whole number has a meaning
under cross entropy only, so this is an objective: the untreated one, with another target. Targets of generated samples
stay 0, since another one would reward the generator for what it makes already.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Linear


@strategy(
    "label-smoothing", family="objective", paper="Salimans et al., NeurIPS 2016", search={"target": Linear(0.6, 1.0)}
)
@dataclass(frozen=True)
class LabelSmoothing(Strategy):
    """D minimises target sp(-D(x)) + (1-target) sp(D(x)) + sp(D(G(z))), G minimises sp(-D(G(z)))."""

    target: float = 0.9  #: of real samples, as in the paper; 1 is the untreated GAN

    def __post_init__(self) -> None:
        if not 0.5 < self.target <= 1:
            raise BadParameter(f"target = {self.target} must lie in (0.5, 1]")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real = softplus(-game.real_logits) + (1 - self.target) * game.real_logits  # sp(t) - sp(-t) = t
        return game.average(real, "real") + game.average(softplus(game.fake_logits), "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return game.average(softplus(-game.fake_logits), "fake")
