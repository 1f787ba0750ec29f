"""Videos by what their frames show on average and by how they change."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool1d, adaptive_avg_pool2d

from gancheck.errors import BadData
from gancheck.extractors.base import Extractor, extractor

PICTURE = 8  #: pixels a side of the mean frame
CHANGE = 4  #: pixels a side of the mean change
SEGMENTS = 8  #: of the time axis


@extractor("video")
@dataclass
class VideoFeatures(Extractor):
    """Videos: the mean frame at 8 x 8 pixels, the mean change from frame to frame at 4 x 4, and brightness over time.

    Channel by channel, as pixels in [-1, 1]. What lies below that resolution, such as sharpness or small objects, is
    not seen: compare single frames as images for it.
    """

    batch = 16

    def features(self, x: Tensor) -> Tensor:
        """(n, d) float32 from (n, f, c, h, w) in [-1, 1]."""
        if x.dim() != 5:
            raise BadData(f"video features take videos (n, f, c, h, w), not {tuple(x.shape)}: use --features points")
        change = x.diff(dim=1).abs().mean(1) if x.shape[1] > 1 else torch.zeros_like(x[:, 0])
        brightness = x.mean((3, 4)).transpose(1, 2)  # (n, c, f)
        parts = (
            adaptive_avg_pool2d(x.mean(1), PICTURE),
            adaptive_avg_pool2d(change, CHANGE),
            adaptive_avg_pool1d(brightness, min(SEGMENTS, x.shape[1])),
        )
        return torch.cat([part.flatten(1) for part in parts], 1)
