"""Images of any size brought to one: bicubic, with the filter widened when shrinking.

That is the resizing of Parmar, Zhang & Zhu, "On aliased resizing and surprising subtleties in GAN evaluation", CVPR
2022: no level is rounded, and what is between two pixels is not skipped. Proportions are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from gancheck.errors import BadParameter
from gancheck.loading.raw import Array
from gancheck.loading.samples import Samples

LARGEST = 4_096  #: pixels a side


def require_side(side: int | None) -> None:
    """BadParameter where no image can have this side."""
    if side is not None and not 1 <= side <= LARGEST:
        raise BadParameter(f"resize = {side}: give a side between 1 and {LARGEST:,} pixels")


def resize_images(samples: Samples, side: int) -> Samples:
    """Images or videos of side x side pixels; anything else is refused, as the option would have no effect."""
    require_side(side)
    if not samples.has_pixels:
        raise BadParameter(f"resize = {side} is for images; {samples.name} holds {samples.form}: leave it out")
    height, width = samples.shape[-2:]
    if (height, width) == (side, side):
        return samples

    def stream() -> Iterator[Tensor]:
        return (resize_batch(batch, side).clamp(-1, 1) for batch in samples.stream())

    note = f"{width} x {height} pixels resized to {side} x {side} (bicubic, antialiased)"
    shape = (*samples.shape[:-2], side, side)
    return replace(samples, shape=shape, stream=stream, notes=(*samples.notes, note))


def resize_batch(x: Tensor, side: int) -> Tensor:
    """(b, ..., side, side) of (b, ..., h, w)."""
    flat = x.reshape(-1, 1, *x.shape[-2:])
    small = interpolate(flat, size=(side, side), mode="bicubic", antialias=True, align_corners=False)
    return small.reshape(*x.shape[:-2], side, side)


def resize_pixels(pixels: Array, side: int) -> Array:
    """(side, side, c) float32 in 0..255 of one picture (h, w, c), uint8 or uint16."""
    x = torch.from_numpy(pixels.astype(np.float32)).mul_(255 / np.iinfo(pixels.dtype).max)
    made: Array = resize_batch(x.permute(2, 0, 1), side).clamp(0, 255).permute(1, 2, 0).numpy()
    return made
