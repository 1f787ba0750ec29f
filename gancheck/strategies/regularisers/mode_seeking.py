"""Mode seeking: reward the generator for keeping different latents apart.

Mao et al., "Mode seeking generative adversarial networks for diverse image synthesis", CVPR 2019. The authors' code
adds up the GAN's loss over both halves of a batch, so their weight of 1 is 0.5 here.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.gans.game import Game
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.regularisers._pairs import pair_differences
from gancheck.strategies.search_space import Log


@strategy("mode-seeking", family="regulariser", paper="Mao et al., CVPR 2019", search={"weight": Log(0.01, 100.0)})
@dataclass(frozen=True)
class ModeSeeking(Strategy):
    """Add weight / (mean |G(z1) - G(z2)| / mean |z1 - z2| + 1e-5) to the generator's loss over pairs."""

    weight: float = 1.0  #: lambda in the paper

    def generator_loss(self, loss: Tensor, game: Game) -> Tensor:
        samples, latents = (pair_differences(rows).mean() for rows in (game.samples, game.latent))
        return loss + self.weight / (samples / latents + 1e-5)
