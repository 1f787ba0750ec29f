"""Unrolled GAN: the generator looks ahead through the discriminator's next moves and differentiates through them.

Metz, Poole, Pfau & Sohl-Dickstein, "Unrolled generative adversarial networks", ICLR 2017. The paper's generator plays
the value of the zero-sum game, whose term of real samples it moves through the foreseen weights: that is
`saturating+unrolled`. Alone it plays the untreated GAN's loss against the foreseen discriminator. It costs 6 times a
plain step: five foreseen steps, and the derivative through all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.func import grad

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.lookahead import adam
from gancheck.gans.settings import Optimiser, Settings
from gancheck.gans.state import Params
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice


@strategy("unrolled", family="optimisation", paper="Metz et al., ICLR 2017", search={"k": Choice(1, 2, 5, 10)})
@dataclass(frozen=True)
class Unrolled(Strategy):
    """Play the generator's loss against the discriminator as it will be after k more Adam steps on this batch.

    Gradients flow through the inner steps; copying weights forth and back without them is another, weaker method.
    """

    k: int = 5  #: inner steps; 0 is the untreated GAN

    def __post_init__(self) -> None:
        if self.k < 0:
            raise BadParameter(f"k = {self.k}: needs 0 or more inner steps")

    def settings(self, settings: Settings) -> Settings:
        refuse_other_optimiser(settings.player("discriminator"))
        return settings

    def lookahead(self, play: Callable[[Game], Tensor], game: Game) -> Tensor:
        if game.owner != "generator":
            return play(game)

        def foe(weights: dict[str, Params]) -> Tensor:
            return game.with_weights(**weights).discriminator_loss()

        refuse_other_optimiser(game.optimiser("discriminator"))  # what stands to its right may have changed it
        foes = [name for name in game.players.team("discriminator") if game.weights[name]]
        weights, moments = {n: game.weights[n] for n in foes}, {n: game.moments[n] for n in foes}
        for _ in range(self.k):
            slopes = grad(foe)(weights)
            for n in foes:
                weights[n], moments[n] = adam(weights[n], slopes[n], moments[n], game.optimiser(n), game.rates[n])
        return play(game.with_weights(**weights))


def refuse_other_optimiser(optimiser: Optimiser) -> None:
    """BadParameter where the discriminator does not move by Adam."""
    if optimiser.name != "adam":
        raise BadParameter("unrolled foresees Adam's steps; set the discriminator's optimiser to 'adam'")
