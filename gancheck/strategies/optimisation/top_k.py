"""Top-k training: the generator learns from those of its samples that the discriminator finds the most real.

Sinha, Zhao, Goyal, Raffel & Odena, "Top-k training of GANs: improving GAN performance by throwing away bad samples",
NeurIPS 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice, Linear


@strategy(
    "top-k",
    family="optimisation",
    paper="Sinha et al., NeurIPS 2020",
    search={"nu": Linear(0.25, 1.0), "gamma": Choice(0.9, 0.95, 0.98, 0.99, 0.999)},
)
@dataclass(frozen=True)
class TopK(Strategy):
    """Average the generator's loss over the k fake rows with the highest logits; k falls from all rows to nu of them.

    After t hundredths of the training, k is max(nu, gamma^t) of the rows; the paper counts epochs, which depend on the
    size of a data set. Of rows with equal logits the first are kept; packs are rows.
    """

    nu: float = 0.5  #: smallest share of rows that is kept
    gamma: float = 0.99  #: factor by which k falls with every hundredth of the training

    def __post_init__(self) -> None:
        for name, value in (("nu", self.nu), ("gamma", self.gamma)):
            if not 0 < value <= 1:
                raise BadParameter(f"{name} = {value} must lie in (0, 1]")

    def weigh(self, weights: Tensor, side: str, game: Game) -> Tensor:
        if side != "fake" or game.owner != "generator":
            return weights
        logits = game.facing("discriminator").fake_logits.detach()
        rank = logits.argsort(stable=True, descending=True).argsort()  # (rows,) 0 is the highest
        return weights * (rank < self.kept(len(logits), game))

    def kept(self, rows: int, game: Game) -> Tensor:
        """k, a scalar."""
        share = (self.gamma ** (100 * game.progress)).clamp_min(self.nu)
        return (share * rows).round().clamp_min(1)
