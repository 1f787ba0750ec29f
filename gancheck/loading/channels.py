"""Grey and colour: samples take the channels of the reference where nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from gancheck.loading.samples import Samples

LEVEL = 2 / 255 + 1e-5  #: one level of 8 bits in [-1, 1], and rounding


def match_channels(samples: Samples, like: Samples) -> Samples:
    """Images with the reference's number of channels: grey three times, or one channel where all three are equal."""
    if not samples.has_pixels or samples.kind != like.kind:
        return samples
    own, wanted = samples.shape[-3], like.shape[-3]
    if (own, wanted) == (1, 3):
        return convert(samples, repeat_grey, 3, f"grey images as three equal channels, as {like.name} has colour")
    if (own, wanted) == (3, 1) and spread(samples) <= LEVEL:
        return convert(samples, mean_channel, 1, f"three equal channels read as grey, as {like.name} is grey")
    return samples


def convert(samples: Samples, change: Callable[[Tensor], Tensor], channels: int, note: str) -> Samples:
    """The samples with another number of channels."""

    def stream() -> Iterator[Tensor]:
        return (change(batch) for batch in samples.stream())

    shape = (*samples.shape[:-3], channels, *samples.shape[-2:])
    return replace(samples, shape=shape, stream=stream, notes=(*samples.notes, note))


def repeat_grey(x: Tensor) -> Tensor:
    """(b, ..., 3, h, w) of (b, ..., 1, h, w)."""
    return x.repeat_interleave(3, dim=-3)


def mean_channel(x: Tensor) -> Tensor:
    """(b, ..., 1, h, w) of (b, ..., 3, h, w); the first one bit for bit where all are equal."""
    mean = x.mean(dim=-3, keepdim=True)
    first = x[..., :1, :, :]
    return torch.where((x == first).all(dim=-3, keepdim=True), first, mean)


def spread(samples: Samples) -> float:
    """The largest difference between the channels of a pixel, over all samples, or the first batches of many."""
    largest, seen = 0.0, 0
    for batch in samples.stream():
        largest = max(largest, float((batch.amax(dim=-3) - batch.amin(dim=-3)).max()))
        seen += len(batch)
        if largest > LEVEL or (samples.count is None and seen >= 2_000):
            break
    return largest
