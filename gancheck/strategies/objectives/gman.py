"""GMAN: several discriminators, and a generator that heeds most those that it fools least.

Durugkar, Gemp & Mahadevan, "Generative multi-adversarial networks", ICLR 2017. The paper's discriminators see batches
of their own and have dropout of different strength; here they see the same batch and differ by their first weights. The
generator minimises the non-saturating loss, one of two in the authors' code. As there, the gradient goes through the
weights of the mean too. It costs 3 times a plain step: every critic of the ensemble is trained.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.players import Players
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.objectives._critics import add_critics, losses_against, refuse_count, train_each
from gancheck.strategies.search_space import Choice, Linear


@strategy(
    "gman",
    family="objective",
    paper="Durugkar et al., ICLR 2017",
    search={"critics": Choice(2, 5, 8), "sharpness": Linear(0.0, 5.0)},
)
@dataclass(frozen=True)
class Gman(Strategy):
    """Each D_i plays its own game, G minimises sum_i w_i L_i with w = softmax(sharpness L), L_i = sp(-D_i(G(z)))."""

    critics: int = 5  #: discriminators; as in the authors' code
    sharpness: float = 1.0  #: lambda: 0 is the mean of the L_i, large values their maximum; as in the authors' code

    def __post_init__(self) -> None:
        refuse_count(self.critics)
        if self.sharpness < 0:
            raise BadParameter(f"sharpness = {self.sharpness} is negative")

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return add_critics(players, info, self.critics)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return train_each(game, self.critics)

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        losses = losses_against(game, self.critics)
        return ((self.sharpness * losses).softmax(0) * losses).sum()
