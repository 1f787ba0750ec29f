"""A set of feature vectors, and whatever was computed from it, so that several metrics pay for it once."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Self, TypeVar, TypeVarTuple

import torch
from torch import Tensor

from gancheck.errors import BadData

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

CHUNK = 2**23  #: bytes of the largest temporary matrix; 8 MiB fit the cache, and 128 MiB took twice as long
GPU_CHUNK = 2**28  #: the same on a GPU, where a launch costs more than a miss; at most this share of what is free
FREE = 16


class Memo:
    """Something that remembers what was computed from it."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def cached(self, compute: Callable[[Self, *Ts], T], *args: *Ts) -> T:
        """`compute(self, *args)`, kept from the first call on; the arguments must be hashable."""
        key = (compute, args)
        if key not in self._kept:
            self._kept[key] = compute(self, *args)
        return self._kept[key]  # type: ignore[no-any-return]

    def forget(self) -> None:
        """Compute everything anew from here on."""
        self._kept.clear()


class FeatureSet(Memo):
    """(n, d) feature vectors on one device. BadData where they are empty, not two-dimensional or not finite.

    Features stay as they came (float32 or float64); whatever is computed from them is float64, block by block.
    """

    def __init__(self, x: Tensor, chunk: int = CHUNK) -> None:
        super().__init__()
        if x.dim() != 2 or 0 in x.shape:
            raise BadData(f"expected features of shape (n, d) with n and d at least 1, got {tuple(x.shape)}")
        if not all(bool(torch.isfinite(rows).all()) for rows in runs_of_rows(x, chunk)):
            raise BadData("features hold NaN or infinite values; drop these samples, or count the run as diverged")
        x = x.detach() if x.requires_grad else x
        self.x = x if x.dtype in (torch.float32, torch.float64) else x.float()
        self.chunk = chunk

    def __len__(self) -> int:
        return self.x.shape[0]

    @property
    def dimension(self) -> int:
        """Number of features d."""
        return self.x.shape[1]

    @property
    def mean(self) -> Tensor:
        """(d,) float64."""
        return self.cached(mean_of)

    def blocks(self) -> Iterator[tuple[slice, Tensor]]:
        """Runs of rows in float64, so few that they, and a square matrix of as many rows, stay inside the chunk."""
        rows = max(1, min(math.isqrt(self.chunk // 8), self.chunk // (8 * self.dimension)))
        for start in range(0, len(self), rows):
            here = slice(start, min(start + rows, len(self)))
            yield here, self.x[here].double()

    def head(self, n: int) -> FeatureSet:
        """The first n samples, or the set of samples itself where it has no more."""
        return self if n >= len(self) else self.cached(first, n)


def chunk_on(device: torch.device) -> int:
    """Bytes of the largest temporary matrix on a device, of which several are there at once."""
    if device.type != "cuda":
        return CHUNK
    return max(CHUNK, min(GPU_CHUNK, torch.cuda.mem_get_info(device)[0] // FREE))


def runs_of_rows(x: Tensor, chunk: int = CHUNK) -> tuple[Tensor, ...]:
    """Runs of rows (b, d) that stay inside the chunk in float64."""
    return torch.split(x, max(1, chunk // (8 * max(1, x.shape[1]))))


def fill_rows(made: Tensor, x: Tensor, compute: Callable[[Tensor], Tensor]) -> Tensor:
    """`made` (n, ...), filled with what `compute` gives for a few rows of x (n, d) at a time, in float64.

    It is there first, since results kept between large blocks would leave holes that no other block fits into.
    """
    for here, rows in zip(torch.split(made, max(1, CHUNK // (8 * max(1, x.shape[1])))), runs_of_rows(x), strict=True):
        here.copy_(compute(rows.double()))
    return made


def feature_set(x: Tensor) -> FeatureSet:
    """A set of (n, d) vectors with blocks as large as suit their device."""
    return FeatureSet(x, chunk_on(x.device))


def mean_of(features: FeatureSet) -> Tensor:
    """(d,) float64 mean, summed about the first sample so that a large common offset costs no digits."""
    origin = features.x[0].double()
    return origin + torch.stack([(x - origin).sum(0) for _, x in features.blocks()]).sum(0) / len(features)


def first(features: FeatureSet, n: int) -> FeatureSet:
    """The first n samples as a set of samples of their own."""
    return FeatureSet(features.x[:n], features.chunk)
