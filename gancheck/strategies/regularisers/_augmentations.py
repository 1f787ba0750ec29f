"""Small random changes that leave a sample what it is: images are shifted and mirrored, points are shifted."""

from __future__ import annotations

import torch
from torch import Tensor

from gancheck.datasets.base import DataSpec
from gancheck.gans.game import Game

SHIFT = 1 / 8  #: 4 of 32 pixels


def augment(x: Tensor, game: Game, name: str, shift: float = SHIFT, flip: bool = True) -> Tensor:
    """Samples (n, *shape), each changed in its own way, by noise of this name.

    Images (n, c, h, w) are moved by whole pixels, at most `shift` times their side, what comes in repeats the edge, and
    half of them are mirrored left to right. Of everything else each number is moved by at most `shift` times the
    standard deviation that real samples of the batch have in it: a small blur, since points have no other change that
    leaves them what they are.
    """
    if x.dim() == 4:
        moved = move(move(x, game, f"{name}/down", shift, 2), game, f"{name}/right", shift, 3)
        return mirror(moved, game, f"{name}/mirror") if flip else moved
    return x + shift * game.batch.x.std(0) * signed(game, f"{name}/shift", x.shape)


def signed(game: Game, name: str, shape: tuple[int, ...] | torch.Size) -> Tensor:
    """Numbers uniform on [-1, 1)."""
    return 2 * game.uniform(name, shape) - 1


def move(x: Tensor, game: Game, name: str, shift: float, axis: int) -> Tensor:
    """Images moved along one axis by whole pixels, every number of pixels up to the bound as often as another."""
    side = x.shape[axis]
    bound = pixels_of(shift, side)
    by = (signed(game, name, (len(x), 1)) * (bound + 0.5)).round().clamp(-bound, bound).long()
    pixels = (torch.arange(side, device=x.device) - by).clamp(0, side - 1)  # (n, side)
    where = pixels.reshape(len(x), *(side if i == axis else 1 for i in range(1, x.dim())))
    return x.gather(axis, where.expand(x.shape))


def pixels_of(shift: float, side: int) -> int:
    """The largest move of an image with this side."""
    return int(shift * side + 1e-6)


def refuse_still(data: DataSpec, shift: float, flip: bool) -> str | None:
    """Why images stay what they are under these changes, or None."""
    if not data.is_image or flip or pixels_of(shift, max(data.shape[1:])) > 0:
        return None
    return f"shift = {shift} moves images of shape {data.shape} by no pixel, and flip is off"


def mirror(x: Tensor, game: Game, name: str) -> Tensor:
    """Half of the images, turned left to right."""
    return torch.where(game.uniform(name, (len(x), 1, 1, 1)) < 0.5, x.flip(3), x)
