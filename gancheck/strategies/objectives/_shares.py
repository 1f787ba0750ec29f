"""Shares of rows, for objectives that average more than one number of each."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.gans.game import Game


def row_shares(game: Game, rows: int, side: str) -> Tensor:
    """(rows,) the share that each row has in `game.average(..., side)`; they sum to 1."""
    weights = game.hooks.weigh(side, rows, game)
    return torch.full((rows,), 1 / rows, device=game.latent.device) if weights is None else weights / weights.sum()
