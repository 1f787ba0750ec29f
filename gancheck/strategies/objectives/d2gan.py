"""D2GAN: a second discriminator rewards generated samples, so that both directions of the KL divergence are fought.

Nguyen, Le, Vu & Phung, "Dual discriminator generative adversarial nets", NeurIPS 2017. Both discriminators' outputs are
positive through a softplus, as in the authors' code. Their logarithm is exact here also where a softplus rounds to 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Log

SECOND = "discriminator2"
LINEAR = -20.0  #: below this logit, log(softplus(logit)) is the logit to the last digit of float32


@strategy(
    "d2gan",
    family="objective",
    paper="Nguyen et al., NeurIPS 2017",
    search={"alpha": Log(0.01, 1.0), "beta": Log(0.01, 1.0)},
)
@dataclass(frozen=True)
class DualDiscriminator(Strategy):
    """D1 minimises D1(G(z)) - alpha log D1(x), D2 D2(x) - beta log D2(G(z)), G beta log D2(G(z)) - D1(G(z))."""

    alpha: float = 1.0  #: weight of log D1(x); 1 in the authors' code for points, in (0, 1] in the paper
    beta: float = 1.0  #: weight of log D2(G(z)); likewise

    def __post_init__(self) -> None:
        if not (self.alpha > 0 and self.beta > 0):
            raise BadParameter(f"alpha = {self.alpha}, beta = {self.beta}: both must be positive")

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return players.add(SECOND, info.gan.build(info.seen).discriminator, role="discriminator")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        second = game.facing(SECOND)
        real = softplus(second.real_logits) - self.alpha * log_softplus(game.real_logits)
        fake = softplus(game.fake_logits) - self.beta * log_softplus(second.fake_logits)
        return game.average(real, "real") + game.average(fake, "fake")

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        second = game.facing(SECOND)
        return game.average(self.beta * log_softplus(second.fake_logits) - softplus(game.fake_logits), "fake")


def log_softplus(logits: Tensor) -> Tensor:
    """log(softplus(logits)), finite and with the right slope however negative they are."""
    return softplus(logits.clamp(min=LINEAR)).log() + (logits - LINEAR).clamp(max=0)
