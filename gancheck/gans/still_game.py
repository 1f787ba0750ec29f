"""The game between two updates: nobody moves, and there is no batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import Batch
from gancheck.gans.game import ComposedHooks, Game
from gancheck.gans.noise import Noise
from gancheck.gans.players import Players
from gancheck.gans.settings import Settings
from gancheck.gans.state import Params


def played_weights(game: Game, players: Iterable[str]) -> dict[str, Params]:
    """The weights that players play with, after every strategy's `constrain`, and their buffers."""
    return {p: {**game.constrained_weights(p), **game.buffers[p]} for p in players}


def still_game(
    players: Players,
    hooks: ComposedHooks,
    *,
    weights: Mapping[str, Params],
    buffers: Mapping[str, Params],
    memory: Mapping[str, Any],
    progress: Tensor,
    noise: Noise,
    settings: Settings,
    steps: int = 1,
) -> Game:
    """One replicate's game as it stands: for what players answer, what the discriminator sees, and `constrain`.

    Its phase is "evaluation", its batch and latents are empty.
    """
    none, nobody = torch.zeros(0, device=progress.device), torch.zeros(0, dtype=torch.long, device=progress.device)
    return Game(
        players=players,
        hooks=hooks,
        phase="evaluation",
        owner="generator",
        batch=Batch(none, nobody, nobody),
        latent=none,
        code=None,
        weights=dict(weights),
        buffers={player: dict(buffers.get(player, {})) for player in weights},
        memory=memory,
        moments={},
        rates={},
        progress=progress,
        steps=steps,
        noise=noise,
        settings=settings,
    )
