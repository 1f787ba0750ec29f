"""Optimistic Adam: take twice the new direction and take back the one before, so that players do not circle.

Daskalakis, Ilyas, Syrgkanis & Zeng, "Training GANs with optimism", ICLR 2018: their algorithm 1. The direction is the
whole move of Adam's step, learning rate included; before the first step it is 0. The authors' code takes the move
before back under the present step's bias correction, which differs in the first steps only. Where the objective clips
a critic's weights, it does so after this move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gancheck.errors import BadParameter
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params, State
from gancheck.strategies.base import Strategy, strategy

MEMORY = "optimistic-adam"


@strategy("optimistic-adam", family="optimisation", paper="Daskalakis et al., ICLR 2018")
@dataclass(frozen=True)
class OptimisticAdam(Strategy):
    """w <- w - 2 d_t + d_(t-1), where d_t is the step that Adam would take."""

    def final_settings(self, settings: Settings) -> Settings:
        names = {o.name for o in (settings.default, *settings.players.values())}
        if other := sorted(name for name in names if "adam" not in name):
            raise BadParameter(
                f"optimistic-adam repeats Adam's steps, and {other[0]} takes others; set every player's optimiser to "
                "'adam', as optimiser(name='adam') does"
            )
        return settings

    def memory(self, state: State) -> dict[str, Any]:
        return {MEMORY: {player: {"start": weights, "end": weights} for player, weights in state.weights.items()}}

    def after_update(self, state: State, before: Mapping[str, Params]) -> State:
        steps = dict(state.memory[MEMORY])
        for player, start in before.items():
            last, end = steps[player], state.weights[player]
            steps[player] = {"start": start, "end": {name: end[name] for name in start}}  # as far as Adam alone went
            ahead = {n: 2 * end[n] - w - (last["end"][n] - last["start"][n]) for n, w in start.items()}
            state = state.with_weights(player, {**end, **ahead})
        return state.remember(MEMORY, steps)
