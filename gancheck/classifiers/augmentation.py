"""Harmless changes to digits: small turns, stretches, slants and shifts, and a little noise."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

TURN = 0.2  #: radians
STRETCH = 0.12  #: relative, each axis
SLANT = 0.15
SHIFT = (0.24, 0.12)  #: across and down, in half widths
NOISE = 0.2  #: largest standard deviation; a pixel has the range [-1, 1]


def warp(x: Tensor, generator: torch.Generator, strength: float = 1.0) -> Tensor:
    """(n, 8, 8) digits, each changed by an affine map of its own; bicubic, which keeps strokes sharp."""
    turn, wide, high, slant, across, down = strength * (2 * torch.rand(6, len(x), generator=generator) - 1)
    turn = TURN * turn
    rows = (
        torch.stack([turn.cos() * (1 + STRETCH * wide), SLANT * slant - turn.sin(), SHIFT[0] * across], dim=1),
        torch.stack([turn.sin(), turn.cos() * (1 + STRETCH * high), SHIFT[1] * down], dim=1),
    )
    grid = affine_grid(torch.stack(rows, dim=1), [len(x), 1, *x.shape[1:]], align_corners=False)
    ink = grid_sample(x[:, None] + 1, grid, mode="bicubic", padding_mode="zeros", align_corners=False)
    return (ink[:, 0] - 1).clamp(-1, 1)


def grain(x: Tensor, generator: torch.Generator) -> Tensor:
    """Images with Gaussian noise of a strength of its own for each, so that no exact grey level gives a digit away."""
    strength = NOISE * torch.rand(len(x), 1, 1, generator=generator)
    return (x + strength * torch.randn(x.shape, generator=generator)).clamp(-1, 1)
