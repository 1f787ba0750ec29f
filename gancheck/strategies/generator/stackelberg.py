"""Stackelberg GAN: several generators that share nothing play against one discriminator.

Zhang, Xu, Jiao, Xie, Salakhutdinov & Xing, "Stackelberg GAN: towards provable minimax equilibrium via
multi-generator architectures", 2018. The loss is the sum of every generator's own game against the discriminator; here
the generator of each sample is drawn, so that a loss is that sum over k on average, which Adam does not tell apart, and
any objective may be played. The authors play every generator with a batch of its own. Their generators for points are
small, one hidden layer of 32 units; here they are the GAN's own, of another width where you say so.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.latent import CODES_TAKEN
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.generator.width import NO_WIDTH, resized, shapes, widths
from gancheck.strategies.objectives.mad_gan import Tails
from gancheck.strategies.search_space import Choice


@strategy("stackelberg", family="generator", paper="Zhang et al., 2018", search={"k": Choice(4, 8, 16)})
@dataclass(frozen=True)
class Stackelberg(Strategy):
    """Play k generators that share nothing, each sample made by one of them, against one discriminator."""

    k: int = 8  #: generators; as in the authors' code for points
    factor: float = 1.0  #: width of each generator over the GAN's; a choice of ours

    def __post_init__(self) -> None:
        if self.k < 1 or not self.factor > 0:
            raise BadParameter(f"k = {self.k}, factor = {self.factor}: needs a generator, and a positive factor")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        if self.factor != 1 and not widths(gan):
            return NO_WIDTH
        return CODES_TAKEN if gan.build(data).latent.codes else None

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        branched = players.with_codes(self.k)
        if shapes(players.generator) != shapes(info.gan.build(info.data).generator):
            raise BadParameter(
                "stackelberg builds its generators anew, without what another strategy has changed in one"
            )
        sized = resized(info.gan, self.factor) if self.factor != 1 else info.gan
        first = players.generator if self.factor == 1 else sized.build(info.data).generator
        others = [sized.build(info.data).generator for _ in range(self.k - 1)]
        return branched.replace(generator=Tails(nn.Identity(), [first, *others]))
