"""Features of samples that a loop logs: few numbers a sample, so that distances between them mean something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from gancheck.errors import BadData
from gancheck.numerics.seeding import permutation

Features = Callable[[Tensor], Tensor]  #: (n, ...) samples to (n, d) features
SIDE = 8  #: pixels to which images are averaged down
UNIT = 2  #: what numbers of size 1 do not exceed
BRIGHT = 127  #: what some byte of real images exceeds, and counts kept as bytes seldom do
BATCH = 256  #: samples that a user's features see at once


class FeatureReader:
    """(n, d) float32 features on the CPU of a random part of samples, or of real data, of one shape.

    Images (n, c, h, w) are averaged down to 8 x 8 a channel, anything else is flattened; or a user's own features.
    """

    def __init__(self, features: Features | None = None) -> None:
        self.features = features
        self.shape: tuple[int, ...] | None = None  #: of one sample, once seen
        self.scale = ""  #: of the numbers that came first, where it is plain

    @torch.no_grad()
    def read(self, value: Any, name: str, most: int) -> Tensor:
        """At most so many rows, which ones depends on their number alone; BadData where the shape is wrong."""
        x = as_samples(value, name)
        if self.shape is not None and tuple(x.shape[1:]) != self.shape:
            raise BadData(f"{name}: one has the shape {tuple(x.shape[1:])}, others before {self.shape}")
        self.shape = tuple(x.shape[1:])
        if len(x) > most:
            x = x[permutation(len(x), x.device, "monitor", "samples", len(x))[:most]]
        if self.features:
            return self.own(x, name)
        self.refuse_other_scale(x, name)
        return plain_features(x)

    def refuse_other_scale(self, x: Tensor, name: str) -> None:
        """BadData for bytes beside numbers of size 1: samples would seem to be all alike, or all elsewhere."""
        scale = scale_of(x)
        self.scale = self.scale or scale
        if scale and scale != self.scale:
            raise BadData(f"{name}: {scale}, others before {self.scale}: scale both alike, such as bytes / 255")

    def own(self, x: Tensor, name: str) -> Tensor:
        """What the user's features make of them."""
        assert self.features is not None
        made = torch.cat([as_rows(self.features(rows)) for rows in torch.split(x, BATCH)])
        if len(made) != len(x) or made.shape[1] == 0:
            raise BadData(f"features of {len(x)} {name} have the shape {tuple(made.shape)}: expected ({len(x)}, d)")
        return made


def as_samples(value: Any, name: str) -> Tensor:
    """(n, ...) without a graph; BadData where there is no sample in it."""
    try:
        x = torch.as_tensor(value).detach()
    except (TypeError, ValueError, RuntimeError) as error:
        raise BadData(f"{name}: expected a tensor or an array, got {type(value).__name__}") from error
    if x.dim() == 0 or 0 in x.shape:
        raise BadData(f"{name}: expected (n, ...) with n at least 1, got shape {tuple(x.shape)}")
    return x


def scale_of(x: Tensor) -> str:
    """What kind of numbers these plainly are; empty where it is not plain."""
    if x.dtype == torch.uint8:
        return "bytes up to 255" if int(x.max()) > BRIGHT else ""
    return "numbers of size 1" if x.is_floating_point() and float(x.abs().max()) <= UNIT else ""


def as_rows(x: Tensor) -> Tensor:
    """(n, d) float32 on the CPU."""
    x = torch.view_as_real(x) if x.is_complex() else x
    return x.detach().reshape(len(x), -1).cpu().float()


def plain_features(x: Tensor) -> Tensor:
    """(n, d): images averaged down, anything else flattened."""
    if x.dim() == 4 and not x.is_complex() and max(x.shape[2:]) > SIDE:
        x = adaptive_avg_pool2d(x.float(), (min(x.shape[2], SIDE), min(x.shape[3], SIDE)))
    return as_rows(x)
