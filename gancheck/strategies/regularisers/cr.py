"""Consistency regularisation: the discriminator must say the same of a real sample and of a slightly changed one.

Zhang, Zhang, Odena & Lee, "Consistency regularization for generative adversarial networks", ICLR 2020. Images are
shifted and mirrored as in the paper. The paper has no points; here each of their coordinates is shifted by a share of
the data's standard deviation, see `_augmentations.py`. Where what critics see is drawn, as by `instance-noise` or
the encoder of `ali`, a sample and its changed copy are drawn apart, so that the term measures that too.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game, Sample
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._augmentations import SHIFT, augment, refuse_still
from gancheck.strategies.search_space import Log


@strategy("cr", family="regulariser", paper="Zhang et al., ICLR 2020", search={"weight": Log(0.1, 1_000.0)})
@dataclass(frozen=True)
class Consistency(Strategy):
    """Add weight * E (D(x) - D(T x))^2, T a random shift, and on images half of the time a reflection."""

    weight: float = 10.0  #: lambda, as in the paper
    shift: float = SHIFT  #: largest shift, over an image's side or a point's standard deviation; a choice of ours
    flip: bool = True  #: whether images are mirrored too, as in the paper

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise BadParameter(f"weight = {self.weight} is negative")
        refuse_shift(self.shift)

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return refuse_still(data, self.shift, self.flip)

    def discriminator_loss(self, loss: Tensor, game: Game) -> Tensor:
        real = change_of_logits(game, game.real_sample(game.batch), game.real_logits, "cr", self.shift, self.flip)
        return loss + self.weight * real


def change_of_logits(game: Game, of: Sample, logits: Tensor, name: str, shift: float, flip: bool) -> Tensor:
    """E (D(x) - D(T x))^2 of samples with these logits."""
    seen = game.see(of._replace(x=augment(of.x, game, name, shift, flip)))
    return (logits - game.discriminate(seen)).square().mean()


def refuse_shift(shift: float) -> None:
    """BadParameter where a shift is none, or moves an image out of itself."""
    if not 0 < shift < 1:
        raise BadParameter(f"shift = {shift} must lie in (0, 1)")
