"""Balanced consistency regularisation: the discriminator must not mind small changes of real or of generated samples.

Zhao, Singh, Lee, Zhang, Odena & Zhang, "Improved consistency regularization for GANs", AAAI 2021. Samples are changed
as in `cr`.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game, Sample
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._augmentations import SHIFT, refuse_still
from gancheck.strategies.regularisers.cr import change_of_logits, refuse_shift
from gancheck.strategies.search_space import Log


@strategy(
    "bcr",
    family="regulariser",
    paper="Zhao et al., AAAI 2021",
    search={"real": Log(0.1, 1_000.0), "fake": Log(0.1, 1_000.0)},
)
@dataclass(frozen=True)
class BalancedConsistency(Strategy):
    """Add real * E (D(x) - D(T x))^2 + fake * E (D(G(z)) - D(T G(z)))^2, T as in cr."""

    real: float = 10.0  #: weight of real samples, as in the paper
    fake: float = 10.0  #: weight of generated samples, as in the paper
    shift: float = SHIFT  #: largest shift, over an image's side or a point's standard deviation; a choice of ours
    flip: bool = True  #: whether images are mirrored too, as in the paper

    def __post_init__(self) -> None:
        if self.real < 0 or self.fake < 0:
            raise BadParameter(f"real = {self.real}, fake = {self.fake}: neither weight can be negative")
        refuse_shift(self.shift)

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return refuse_still(data, self.shift, self.flip)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        made = Sample(game.samples, game.latent, game.code, real=False)
        how = ("bcr", self.shift, self.flip)
        real = change_of_logits(game, game.real_sample(game.batch), game.real_logits, *how)
        fake = change_of_logits(game, made, game.fake_logits, *how)
        return loss + self.real * real + self.fake * fake
