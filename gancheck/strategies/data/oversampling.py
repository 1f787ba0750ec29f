"""Oversampling: use rows of rare modes several times, until every mode is as frequent as any other.

He & Garcia, "Learning from imbalanced data", IEEE Transactions on Knowledge and Data Engineering 2009: random
oversampling. A training set is not copied here: several batches are drawn, and rows of these are drawn again, each mode
with the same chance. So a batch holds rows of a rare mode more than once, and leaves out few of the others;
`undersampling` repeats none, and leaves out many. A mode that none of the drawn batches has is not in the batch. What
is generated is then compared with data as it is, whose shares the generator was not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gancheck.datasets.base import Batch, DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.data._picking import refuse_seen_modes, rows_alike, take_rows
from gancheck.strategies.search_space import Choice


@strategy(
    "oversampling", family="data", paper="He & Garcia, IEEE TKDE 2009", kind="oracle", search={"times": Choice(2, 4, 8)}
)
@dataclass(frozen=True)
class Oversampling(Strategy):
    """Draw real rows with replacement, in proportion to 1 / (rows of their mode); the modes' labels are used."""

    times: int = 4  #: batches that are drawn for one that is used, so that rare modes are among them; a choice of ours

    def __post_init__(self) -> None:
        if self.times < 1:
            raise BadParameter(f"times = {self.times}: needs at least 1 batch to draw from")

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return refuse_seen_modes(gan, data)

    def settings(self, settings: Settings) -> Settings:
        return replace(settings, draw=self.times * settings.draw)

    def pick(self, batch: Batch, n: int, game: Game) -> Batch:
        chances = (1 / rows_alike(batch.y)).cumsum(0)
        place = game.uniform("oversampling", (n,)) * chances[-1]
        return take_rows(batch, (place[:, None] >= chances[:-1]).sum(1))
