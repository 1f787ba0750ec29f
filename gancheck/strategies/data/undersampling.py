"""Undersampling: leave out rows of frequent modes, until every mode is as frequent as any other.

He & Garcia, "Learning from imbalanced data", IEEE Transactions on Knowledge and Data Engineering 2009: random
undersampling. Several batches are drawn, and one of different rows is left; `oversampling` repeats rows of rare modes
instead. Where the rows of a rare mode run out, those of other modes fill the batch, which is then less even: with K
modes and a smallest share s, that is where s is below 1 / (K times). What is generated is then compared with data as
it is, whose shares the generator was not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gancheck.datasets.base import Batch, DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.data._picking import balanced_rows, refuse_seen_modes, shuffle, take_rows
from gancheck.strategies.search_space import Choice


@strategy(
    "undersampling",
    family="data",
    paper="He & Garcia, IEEE TKDE 2009",
    kind="oracle",
    search={"times": Choice(2, 4, 8)},
)
@dataclass(frozen=True)
class Undersampling(Strategy):
    """Of several batches use one of different rows, with as many of every mode as there are; labels are used."""

    times: int = 4  #: batches that are drawn for one that is used; 1 is the untreated GAN; a choice of ours

    def __post_init__(self) -> None:
        if self.times < 1:
            raise BadParameter(f"times = {self.times}: needs at least 1 batch to draw from")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return refuse_seen_modes(gan, data)

    def settings(self, settings: Settings) -> Settings:
        return replace(settings, draw=self.times * settings.draw)

    def pick(self, batch: Batch, n: int, game: Game) -> Batch:
        return take_rows(batch, shuffle(balanced_rows(batch.y, n), game, "undersampling"))
