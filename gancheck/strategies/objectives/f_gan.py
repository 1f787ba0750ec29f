"""f-GAN: the discriminator bounds an f-divergence from below, and any such divergence can be chosen.

Nowozin, Cseke & Tomioka, "f-GAN: training generative neural samplers using variational divergence minimization",
NeurIPS 2016. Output activations and conjugates are the paper's. The generator maximises E T(G(z)), the paper's advice
for practice, and not the negative of the discriminator's bound; with "js" it then is the non-saturating GAN, up to
constants. The exponentials of both Kullback-Leibler divergences go on as straight lines from `STEEP` on, so that losses
and gradients stay finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.errors import BadParameter, refuse_unknown
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy

Divergence = Literal["kl", "reverse-kl", "js", "pearson"]
STEEP = 30.0  #: exponent from which on an exponential is a straight line, so that its square still is a float32


@strategy("f-gan", family="objective", paper="Nowozin et al., NeurIPS 2016")
@dataclass(frozen=True)
class FGan(Strategy):
    """D maximises E T(x) - E f*(T(G(z))), T = g_f(D), the bound of a divergence; G maximises E T(G(z))."""

    divergence: Divergence = "kl"  #: of data from samples; the first of the paper's list is a choice of ours

    def __post_init__(self) -> None:
        refuse_unknown(self.divergence, get_args(Divergence), "a divergence", BadParameter)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        bound = BOUNDS[self.divergence]
        fake = game.average(bound.conjugate(game.fake_logits), "fake")
        return fake - game.average(bound.activation(game.real_logits), "real")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return -game.average(BOUNDS[self.divergence].activation(game.fake_logits), "fake")


class Bound(NamedTuple):
    """A divergence as the discriminator bounds it, both as functions of logits."""

    activation: Callable[[Tensor], Tensor]  #: T = g_f(logit)
    conjugate: Callable[[Tensor], Tensor]  #: f*(T)


def exp(x: Tensor) -> Tensor:
    """The exponential, from `STEEP` on its tangent there."""
    return x.clamp(max=STEEP).exp() * (1 + (x - STEEP).clamp(min=0))


BOUNDS: dict[str, Bound] = {
    "kl": Bound(lambda v: v, lambda v: exp(v - 1)),
    "reverse-kl": Bound(lambda v: -exp(-v), lambda v: v - 1),
    "js": Bound(lambda v: math.log(2) - softplus(-v), lambda v: softplus(v) - math.log(2)),
    "pearson": Bound(lambda v: v, lambda v: v.square() / 4 + v),
}
