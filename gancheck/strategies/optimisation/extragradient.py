"""Extragradient: both players foresee a step, and move from where they are by the gradients at the foreseen weights.

Gidel, Berard, Vignoud, Vincent & Lacoste-Julien, "A variational inequality perspective on generative adversarial
networks", ICLR 2019: ExtraAdam, their algorithm 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.lookahead import adam
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params
from gancheck.strategies.base import Strategy, strategy


@strategy("extragradient", family="optimisation", paper="Gidel et al., ICLR 2019")
@dataclass(frozen=True)
class Extragradient(Strategy):
    """ExtraAdam: move both players at once, by the gradients at the weights that an Adam step would lead to.

    As in the paper, Adam's running means take in both gradients, so its count rises by two a step. Both are of one
    batch, where the paper draws another for the second. Strategies to the left change both, so that what bounds
    gradients bounds those of the move. An objective's further critic steps fall away.
    """

    def settings(self, settings: Settings) -> Settings:
        if {o.name for o in (settings.default, *settings.players.values())} != {"adam"}:
            raise BadParameter("extragradient foresees Adam's steps; set every player's optimiser to 'adam'")
        return settings.simultaneous()

    def gradients(self, gradients: dict[str, Params], game: Game) -> dict[str, Params]:
        foreseen = {player: foresee(player, slopes, game) for player, slopes in gradients.items()}
        there = replace(game.with_weights(**foreseen), advanced={})
        return game.hooks.gradients(there.field(), there, before=self)


def foresee(player: str, slopes: Params, game: Game) -> Params:
    """A player's weights after an Adam step, whose running means its optimiser then goes on from."""
    settings, rate = game.optimiser(player), game.rates[player]
    weights, moments = adam(game.weights[player], slopes, game.moments[player], settings, rate)
    game.advance_moments(player, moments)
    return weights
