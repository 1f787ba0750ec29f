"""MMD-GAN: the discriminator learns the kernel by which the generator's samples are compared with the data.

Li, Chang, Cheng, Yang & Poczos, "MMD GAN: towards deeper understanding of moment matching network", NeurIPS 2017; with
a kernel that is not learned it is Li, Swersky & Zemel, "Generative moment matching networks", ICML 2015. The kernel
acts on the discriminator's features and its logit, so that its last layer learns as well; bandwidths are the authors'.
The paper clips the discriminator's weights and trains a decoder beside them; here, a choice of ours, the gradient of
the witness function is penalised instead, as in Binkowski, Sutherland, Arbel & Gretton, "Demystifying MMD GANs", ICLR
2018, and the estimate is the unbiased one, which does not pull samples together. As in the paper's code, real features
are to be no lower on average than generated ones, here in the discriminator's loss alone: logits are then high for real
samples. It costs 8 times a plain step: kernels of all pairs at several bandwidths, and a second derivative.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import grad

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import strategy
from gancheck.strategies.objectives._shares import row_shares
from gancheck.strategies.regularisers._features import FeatureStrategy
from gancheck.strategies.regularisers._slopes import between
from gancheck.strategies.search_space import Log

WIDEST = 16.0  #: bandwidth of the widest of the Gaussian kernels that are summed
HALVINGS = 4  #: of it, to 8, 4, 2 and 1; as in the authors' code


@strategy(
    "mmd",
    family="objective",
    paper="Li et al., NeurIPS 2017",
    search={"rank": Log(0.16, 1_600.0), "penalty": Log(0.01, 100.0)},
)
@dataclass(frozen=True)
class MmdGan(FeatureStrategy):
    """D maximises, G minimises E k(x, x') + E k(g, g') - 2 E k(x, g), k Gaussian kernels of D's features."""

    rank: float = 16.0  #: weight of what mean generated features exceed real ones by; as in the authors' code
    penalty: float = 1.0  #: weight of (||grad h|| - 1)^2 on segments, h the witness function; a choice of ours

    def __post_init__(self) -> None:
        if self.rank < 0 or self.penalty < 0:
            raise BadParameter(f"rank = {self.rank}, penalty = {self.penalty}: a weight is not negative")

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real, fake = Side.of(game, game.real, "real"), Side.of(game, game.fake, "fake")
        played = self.rank * (fake.mean() - real.mean()).relu().mean() - discrepancy(real, fake)
        return played + self.penalty * steepness(game, real, fake) if self.penalty else played

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return discrepancy(Side.of(game, game.real, "real"), Side.of(game, game.fake, "fake"))


@dataclass(frozen=True)
class Side:
    """Real or generated samples as the kernel compares them."""

    code: Tensor  #: (rows, width + 1) features and logit
    shares: Tensor  #: (rows,) they sum to 1

    @classmethod
    def of(cls, game: Game, seen: Tensor, side: str) -> Side:
        """Samples that went through `inputs`."""
        return cls(encode(game, seen), row_shares(game, len(seen), side))

    def mean(self) -> Tensor:
        """(width + 1,)"""
        return self.shares @ self.code

    def closeness(self) -> Tensor:
        """E k(a, a') over pairs of two different samples."""
        pairs = self.shares[:, None] * self.shares * (1 - torch.eye(len(self.shares), device=self.shares.device))
        return (pairs * kernel(self.code, self.code)).sum() / pairs.sum().clamp(min=1e-12)


def encode(game: Game, seen: Tensor) -> Tensor:
    """(rows, width + 1) features and logits."""
    return torch.cat([game.features(seen), game.discriminate(seen).unsqueeze(1)], 1)


def discrepancy(real: Side, fake: Side) -> Tensor:
    """The unbiased estimate of the squared maximum mean discrepancy."""
    across = real.shares @ kernel(real.code, fake.code) @ fake.shares
    return real.closeness() + fake.closeness() - 2 * across


def steepness(game: Game, real: Side, fake: Side) -> Tensor:
    """E (||grad h|| - 1)^2 of the witness function h, which is high where real samples are denser."""

    def witness(seen: Tensor) -> Tensor:
        code = encode(game.without_side_effects(), seen)
        return (kernel(code, real.code) @ real.shares - kernel(code, fake.code) @ fake.shares).sum()

    norm: Tensor = grad(witness)(between(game, "mmd")).flatten(1).norm(dim=1)
    return (norm - 1).square().mean()


def kernel(a: Tensor, b: Tensor) -> Tensor:
    """(n, m) sums of Gaussian kernels of rows (n, width) and (m, width)."""
    square = (a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.mT).clamp(min=0)
    total = narrower = torch.exp(-square / (2 * WIDEST**2))
    for _ in range(HALVINGS):  # half the bandwidth is the fourth power, which costs less than an exponential
        narrower = narrower.square().square()
        total = total + narrower
    return total
