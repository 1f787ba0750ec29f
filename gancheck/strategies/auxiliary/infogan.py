"""InfoGAN: the generator is given a code, and paid for samples from which a network reads it.

Chen, Duan, Houthooft, Schulman, Sutskever & Abbeel, "InfoGAN: interpretable representation learning by information
maximizing generative adversarial nets", NeurIPS 2016. The code is the paper's categorical one; continuous codes are
left out. The paper's network shares the discriminator's layers but the last, to save time; here it has layers of its
own and judges single samples, so that packs, joined latents and constraints on the discriminator leave it alone. The
paper's generator is given the code beside z, here a learned vector of the code is added to z.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.heads import replace_head
from gancheck.gans.latent import CODES_TAKEN
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.data.self_conditioned import ConditionalGenerator
from gancheck.strategies.objectives.mgan import CLASSIFIER, confusion
from gancheck.strategies.search_space import Log


@strategy("infogan", family="auxiliary", paper="Chen et al., NeurIPS 2016", search={"weight": Log(0.01, 100.0)})
@dataclass(frozen=True)
class InfoGan(Strategy):
    """Give the generator a code c of k values and add -weight * log Q(c | G(z, c)) to its loss and the network Q's."""

    k: int = 10  #: values of the code, all alike; the paper's number for digits
    weight: float = 1.0  #: of the term, lambda in the paper, which takes 1 for categorical codes

    def __post_init__(self) -> None:
        if self.k < 2 or not self.weight > 0:
            raise BadParameter(f"k = {self.k}, weight = {self.weight}: needs at least 2 values and a positive weight")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return CODES_TAKEN if gan.build(data).latent.codes else None

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        generator = ConditionalGenerator(players.generator, self.k, players.latent.size)
        network = replace_head(info.gan.build(info.data).discriminator, info.data, self.k)
        return players.with_codes(self.k).replace(generator=generator).add(CLASSIFIER, network, shares="generator")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return loss + self.weight * confusion(game)
