"""Samples as they are."""

from __future__ import annotations

from torch import Tensor

from gancheck.extractors.base import Extractor


class Points(Extractor):
    """The coordinates of points, and the pixels of images, channel by channel and row by row, as features."""

    name = "points"

    def features(self, x: Tensor) -> Tensor:
        """(n, d) of the samples' own precision, from (n, *shape)."""
        return x.flatten(1)
