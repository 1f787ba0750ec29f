"""What players must give: samples of the data's shape, and logits, which are unbounded numbers, one for each sample."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.errors import BadPlugin
from gancheck.gans.game import Game
from gancheck.gans.state import Params

#: Random weights that are tried: a last layer without a sigmoid gives numbers below 0 or above 1 with one of them.
PLAYS, SCALE = 3, 10.0


def refuse_implausible(game: Game) -> None:
    """Refuse samples and logits of the wrong shape, and probabilities in place of logits."""
    got, wanted = describe(game.samples), describe(game.batch.x)
    if got != wanted:
        raise BadPlugin(f"the generator made samples of {got}; this data needs {wanted}")
    for critic in game.critics:
        logits, rows = game.call(critic, game.fake), len(game.fake)
        if not isinstance(logits, Tensor) or logits.numel() != rows:
            raise BadPlugin(
                f"the {critic} gave logits of {describe(logits)} for {rows} inputs; it must give one for each"
            )
        refuse_probabilities(game, critic)


@torch.no_grad()
def refuse_probabilities(game: Game, critic: str) -> None:
    """BadPlugin where a critic's outputs lie in [0, 1] whatever its weights: losses would take them for logits."""
    source = torch.Generator(game.latent.device).manual_seed(0)
    plays = [game.without_side_effects().with_weights(**{critic: drawn(game, critic, source)}) for _ in range(PLAYS)]
    logits = torch.cat([play.call(critic, seen).flatten() for play in plays for seen in (game.real, game.fake)])
    if game.weights[critic] and bool(((logits >= 0) & (logits <= 1)).all()):
        raise BadPlugin(
            f"the {critic}'s outputs lie in [0, 1] whatever its weights, as after a sigmoid, but losses take logits: "
            "leave out the nn.Sigmoid at its end"
        )


def drawn(game: Game, critic: str, source: torch.Generator) -> Params:
    """Random weights for a critic."""
    device = game.latent.device
    shapes = {name: weight.shape for name, weight in game.weights[critic].items()}
    return {name: SCALE * torch.randn(shape, generator=source, device=device) for name, shape in shapes.items()}


def describe(answer: object) -> str:
    """What a plug-in gave, in words."""
    return f"shape {tuple(answer.shape)}" if isinstance(answer, Tensor) else f"type {type(answer).__name__}"
