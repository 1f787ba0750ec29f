"""Dropout-GAN: several discriminators, some of which every update of the generator leaves out at random.

Mordido, Yang & Meinel, "Dropout-GAN: learning from a dynamic ensemble of discriminators", 2018. As in the paper at
least one always stays, and those left out go on learning. The losses of those that stay are averaged where the paper
adds them up, so that an update's size does not depend on their number. All see the same batch. It costs 3 times a plain
step: every critic of the ensemble is trained.
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
    "random-d",
    family="objective",
    paper="Mordido et al., 2018",
    search={"critics": Choice(2, 5, 8), "dropped": Linear(0.1, 0.9)},
)
@dataclass(frozen=True)
class RandomD(Strategy):
    """Each D_i plays its own game, G minimises the mean of sp(-D_i(G(z))) over those that are not left out."""

    critics: int = 5  #: discriminators; one of the numbers that the paper compares
    dropped: float = 0.5  #: chance of each to be left out of an update; a choice of ours

    def __post_init__(self) -> None:
        refuse_count(self.critics)
        if not 0 <= self.dropped < 1:
            raise BadParameter(f"dropped = {self.dropped} must lie in [0, 1)")

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        return add_critics(players, info, self.critics)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        return train_each(game, self.critics)

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        luck = game.uniform("random-d", (self.critics,))
        stays = ((luck >= self.dropped) | (luck == luck.max())).float()  # the luckiest always does
        return (stays * losses_against(game, self.critics)).sum() / stays.sum()
