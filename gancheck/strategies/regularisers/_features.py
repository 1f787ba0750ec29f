"""The features of all critics, for regularisers that compare them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.heads import REQUIRES_LINEAR_HEAD, has_head
from gancheck.strategies.base import Strategy


class FeatureStrategy(Strategy):
    """A strategy that needs features, what the critics' last layers are given."""

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return None if has_head(gan.build(data).discriminator, data) else REQUIRES_LINEAR_HEAD


def average_over_critics(term: Callable[[Game], Tensor], game: Game) -> Tensor:
    """The mean of a scalar `term(game)` with each critic faced in turn; with one critic it is the term."""
    return torch.stack([term(game.facing(critic)) for critic in game.critics]).mean()
