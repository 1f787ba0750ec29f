"""One-sided gradient penalty: only slopes above 1 are penalised, as a Lipschitz bound asks.

Petzka, Fischer & Lukovnikov, "On the regularization of Wasserstein GANs", ICLR 2018 (WGAN-LP). The paper has it under
the Wasserstein critic; here it is added to any objective. Points are drawn as in WGAN-GP, one of the ways that the
paper draws them.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import relu

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._slopes import between
from gancheck.strategies.search_space import Log


@strategy("one-sided-gp", family="regulariser", paper="Petzka et al., ICLR 2018", search={"weight": Log(0.1, 1_000.0)})
@dataclass(frozen=True)
class OneSidedGp(Strategy):
    """Add weight * E max(0, ||grad D(a x + (1-a) G(z))|| - 1)^2, a uniform on [0, 1]."""

    weight: float = 10.0  #: lambda; as in WGAN-GP, of which the paper changes the penalty

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise BadParameter(f"weight = {self.weight} is negative")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        norm: Tensor = game.input_gradient(between(game, "one-sided-gp")).flatten(1).norm(dim=1)
        return loss + self.weight * relu(norm - 1).square().mean()
