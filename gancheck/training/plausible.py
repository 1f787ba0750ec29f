"""What players must give: samples of the data's shape, and logits, which are unbounded numbers, one for each sample."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.errors import BadPlugin
from gancheck.gans.game import Game
from gancheck.gans.players import Players
from gancheck.gans.state import Params

#: Random weights that are tried: a last layer without a sigmoid gives numbers below 0 or above 1 with one of them.
PLAYS, SCALE = 3, 10.0


def refuse_implausible(game: Game, seen: DataSpec) -> None:
    """Refuse samples and logits of the wrong shape, and probabilities in place of logits.

    `seen` is what strategies' `discriminator_data` say that critics see.
    """
    got, wanted = describe(game.samples), describe(game.batch.x)
    if got != wanted:
        raise BadPlugin(f"the generator made samples of {got}; this data needs {wanted}")
    refuse_wrong_inputs(game, seen)
    for critic in game.critics:
        logits, rows = game.call(critic, game.fake), len(game.fake)
        if not isinstance(logits, Tensor) or logits.numel() != rows:
            raise BadPlugin(
                f"the {critic} gave logits of {describe(logits)} for {rows} inputs; it must give one for each"
            )
        refuse_probabilities(game, critic)


def refuse_wrong_inputs(game: Game, seen: DataSpec) -> None:
    """Refuse what strategies' `inputs` make where it is not what was said, or loses samples."""
    for x, what in ((game.real, "real"), (game.fake, "generated")):
        if tuple(x.shape[1:]) != seen.shape:
            raise BadPlugin(
                f"inputs makes {what} samples of shape {tuple(x.shape[1:])}, but discriminator_data says {seen.shape}; "
                "gancheck.join(x, columns) goes with data.joined(count), and on images adds channels"
            )
        if len(x) == 0 or len(game.batch.x) % len(x):
            raise BadPlugin(f"inputs makes {len(x)} rows of {len(game.batch.x)} {what} samples, so some are lost")


@torch.no_grad()
def refuse_probabilities(game: Game, critic: str) -> None:
    """BadPlugin where a critic's outputs lie in [0, 1] whatever its weights: losses would take them for logits."""
    source = torch.Generator(game.latent.device).manual_seed(0)
    plays = [
        game.without_side_effects().with_weights(**{critic: draw_weights(game, critic, source)}) for _ in range(PLAYS)
    ]
    logits = torch.cat([play.call(critic, seen).flatten() for play in plays for seen in (game.real, game.fake)])
    if game.weights[critic] and bool(((logits >= 0) & (logits <= 1)).all()):
        raise BadPlugin(
            f"the {critic}'s outputs lie in [0, 1] whatever its weights, as after a sigmoid, but losses take logits: "
            "leave out the nn.Sigmoid at its end"
        )


def refuse_untrained(gradients: Mapping[str, Params], players: Players) -> None:
    """BadPlugin where a player that was added gets no gradient: it would stay as it starts."""
    for name in set(gradients) & set(players.others):
        if not any(bool(slope.any()) for slope in gradients[name].values()):
            cure = {
                "discriminator": f"an objective asks a further critic by game.facing('{name}')",
                "helper": f"a loss that trains it calls game.call('{name}', ...)",
            }.get(players.role(name), "no loss of its turn depends on it")
            raise BadPlugin(f"player '{name}' gets no gradient, so it would stay as it starts; {cure}")


def draw_weights(game: Game, critic: str, source: torch.Generator) -> Params:
    """Random weights for a critic."""
    device = game.latent.device
    shapes = {name: weight.shape for name, weight in game.weights[critic].items()}
    return {name: SCALE * torch.randn(shape, generator=source, device=device) for name, shape in shapes.items()}


def describe(answer: object) -> str:
    """What a plug-in gave, in words."""
    return f"shape {tuple(answer.shape)}" if isinstance(answer, Tensor) else f"type {type(answer).__name__}"
