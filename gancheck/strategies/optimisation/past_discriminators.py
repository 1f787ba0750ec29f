"""Chekhov GAN: each player plays against the other as it was at several past steps, so that nothing is unlearned.

Grnarova, Levy, Lucchi, Hofmann & Krause, "An online learning approach to generative adversarial networks", ICLR 2018.
As in the paper, both players do so, and a queue gives up its oldest member for the present one at spaced steps. The
present opponent plays beside the past ones, so that a player meets what it has caused; the spacing is even, where the
paper lets it grow, and its regulariser C / sqrt(t) ||w||^2 is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.func import vmap
from torch.utils._pytree import tree_map

from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.look import Look
from gancheck.gans.state import Params, State
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.search_space import Choice

MEMORY = "past-discriminators"
OTHER = {"generator": "discriminator", "discriminator": "generator"}


@strategy(
    "past-discriminators", family="optimisation", paper="Grnarova et al., ICLR 2018", search={"k": Choice(2, 5, 10)}
)
@dataclass(frozen=True)
class PastDiscriminators(Strategy):
    """Each player's loss is its mean against the present opponent and k past ones, kept at even steps of the run.

    Whoever shares an opponent's loss, such as an encoder, is as it was too. Before so many steps are past, the queue
    holds the opponent as it started.
    """

    k: int = 5  #: past opponents; the paper has 5 and 10
    parts: int = 50  #: equal parts of the run after each of which the players are kept; a choice of ours

    def __post_init__(self) -> None:
        if self.k < 1 or self.parts < 2:
            raise BadParameter(f"k = {self.k} must be at least 1, parts = {self.parts} at least 2")

    def period_in(self, steps: int) -> int:
        return max(1, steps // self.parts)

    def memory(self, state: State) -> dict[str, Any]:
        return {MEMORY: tree_map(lambda weight: torch.stack([weight] * self.k), dict(state.weights))}

    def refresh(self, state: State, look: Look) -> State:
        now, queue = dict(state.weights), state.memory[MEMORY]
        return state.remember(MEMORY, tree_map(lambda held, weight: torch.cat([held[1:], weight[None]]), queue, now))

    def lookahead(self, play: Callable[[Game], Tensor], game: Game) -> Tensor:
        if game.owner not in OTHER:
            return play(game)
        foes = game.players.team(OTHER[game.owner])
        paper = game.without_side_effects()

        def against(past: dict[str, Params], buffers: dict[str, Params]) -> Tensor:
            return play(replace(paper.with_weights(**past), buffers=buffers))

        queue = {foe: game.memory[MEMORY][foe] for foe in foes}
        buffers = tree_map(lambda tensor: torch.stack([tensor] * self.k), paper.buffers)  # modules may write to them
        losses = vmap(against, randomness="same")(queue, buffers)  # the same noise against each
        return (play(game) + losses.sum()) / (self.k + 1)
