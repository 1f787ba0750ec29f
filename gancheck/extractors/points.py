"""Samples as they are."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from gancheck.extractors.base import Extractor, extractor


@extractor("points")
@dataclass
class Points(Extractor):
    """Coordinates of points, or pixels of images, as they are: channel by channel and row by row."""

    def features(self, x: Tensor) -> Tensor:
        """(n, d) of the samples' own precision, from (n, *shape)."""
        return x.flatten(1)
