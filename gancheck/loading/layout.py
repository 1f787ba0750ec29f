"""Which axis of a picture is its channels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gancheck.errors import BadData
from gancheck.system.counts import say_count

CHANNELS = (1, 3, 4)
SHAPES = "(n, d) for points; (n, h, w), (n, h, w, c) or (n, c, h, w) with 1, 3 or 4 channels for images"


@dataclass(frozen=True)
class Layout:
    """How one picture's axes, or those of every frame of a video, are turned to (channels, height, width)."""

    shape: tuple[int, int, int]  #: (c, h, w), c = 1, 3 or 4
    last: bool  #: channels come last
    note: str = ""
    frames: int | None = None  #: of a video

    @property
    def alpha(self) -> bool:
        """Whether a fourth channel says what shines through."""
        return self.shape[0] == 4

    @property
    def visible(self) -> tuple[int, ...]:
        """(c, h, w) or (f, c, h, w) without alpha."""
        seen = (self.shape[0] - self.alpha, *self.shape[1:])
        return seen if self.frames is None else (self.frames, *seen)

    def colours(self, batch: NDArray[Any]) -> NDArray[Any]:
        """(b, [f,] 1 or 3, h, w), a view without alpha."""
        return self.arrange(batch)[..., : 3 if self.alpha else None, :, :]

    def arrange(self, batch: NDArray[Any]) -> NDArray[Any]:
        """(b, [f,] c, h, w), a view."""
        if batch.ndim == (3 if self.frames is None else 4):
            return np.expand_dims(batch, -3)
        return np.moveaxis(batch, -1, -3) if self.last else batch


def layout(shape: tuple[int, ...], name: str) -> Layout:
    """The layout of samples of this shape; where both ends could be channels, the first is (as in PyTorch)."""
    if len(shape) == 2:
        return Layout((1, *shape), False, f"read as grey images of {shape[0]} x {shape[1]}")
    if len(shape) != 3 or not {shape[0], shape[2]} & set(CHANNELS):
        raise BadData(f"{name}: shape (n, {', '.join(map(str, shape))}) is none of {SHAPES}")
    first, last = shape[0] in CHANNELS, shape[2] in CHANNELS
    if first:
        doubt = "; the last could be too: give (n, c, h, w) to be sure" if last else ""
        return Layout((shape[0], shape[1], shape[2]), False, f"the first axis of a sample is its channels{doubt}")
    return Layout((shape[2], shape[0], shape[1]), True, "the last axis of a sample is its channels")


def video_layout(shape: tuple[int, ...], name: str) -> Layout:
    """The layout of videos of this shape: (f, h, w) in grey, (f, h, w, c) or (f, c, h, w)."""
    if len(shape) not in (3, 4) or (len(shape) == 4 and not {shape[1], shape[3]} & set(CHANNELS)):
        raise BadData(
            f"{name}: shape (n, {', '.join(map(str, shape))}) is none of (n, f, h, w), (n, f, h, w, c) and "
            "(n, f, c, h, w) with 1, 3 or 4 channels for videos of f frames"
        )
    frame = layout(shape[1:], name)
    sort = {1: "grey", 3: "colour", 4: "colour, with alpha"}[frame.shape[0]]
    note = f"read as videos of {say_count(shape[0], 'frame')}, {frame.shape[1]} x {frame.shape[2]}, {sort}"
    return replace(frame, frames=shape[0], note=note)
