"""Harmless changes to images of any size."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from gancheck.classifiers import augmentation

GRAIN = 0.06  #: largest standard deviation of harmless noise; a pixel has the range [-1, 1]


def warp(x: Tensor, generator: torch.Generator) -> Tensor:
    """(n, c, h, w) images, each changed by a map of its own: grey ones turned, stretched, slanted and shifted; colour
    ones shifted by up to an eighth and mirrored left to right half of the time."""
    return augmentation.warp(x[:, 0], generator)[:, None] if x.shape[1] == 1 else shift(mirror(x, generator), generator)


def mirror(x: Tensor, generator: torch.Generator) -> Tensor:
    """Half of the images, left to right."""
    return torch.where(torch.rand(len(x), 1, 1, 1, generator=generator) < 0.5, x.flip(-1), x)


def shift(x: Tensor, generator: torch.Generator) -> Tensor:
    """Images shifted by up to an eighth of their sides, mirrored at the edges."""
    height, width = x.shape[-2:]
    room = (max(1, height // 8), max(1, width // 8))
    framed = pad(x, (room[1], room[1], room[0], room[0]), mode="reflect")
    top, left = (torch.randint(2 * r + 1, (len(x), 1), generator=generator) for r in room)
    down, across = (top + torch.arange(height))[:, :, None], (left + torch.arange(width))[:, None, :]
    return (
        framed.permute(0, 2, 3, 1)[torch.arange(len(x))[:, None, None], down, across].permute(0, 3, 1, 2).contiguous()
    )


def grain(x: Tensor, generator: torch.Generator) -> Tensor:
    """(n, c, h, w) images with Gaussian noise too faint to be seen, of a strength of its own for each."""
    strength = GRAIN * torch.rand(len(x), 1, 1, 1, generator=generator)
    return (x + strength * torch.randn(x.shape, generator=generator)).clamp(-1, 1)
