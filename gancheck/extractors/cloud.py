"""Point clouds by what does not depend on the order of their points."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.extractors.base import Extractor, extractor
from gancheck.numerics.seeding import generator

LINES = 16  #: directions, the axes among them
QUANTILES = 8


@extractor("cloud")
@dataclass
class CloudFeatures(Extractor):
    """Point clouds, in any order of their points: 8 quantiles along 16 directions, and of the distances to the centre.

    Quantiles along directions are sliced-Wasserstein embeddings: Naderializadeh et al., "Pooling by sliced-Wasserstein
    embedding", NeurIPS 2021. The directions are the axes and 13 more, always the same. All features are in the units of
    the data. What is finer than that, such as holes in a surface, is not seen.
    """

    batch = 128

    def features(self, x: Tensor) -> Tensor:
        """(n, d) of the points' own precision, from (n, p, 3)."""
        if x.dim() != 3:
            raise BadData(f"cloud features take point clouds (n, p, 3), not {tuple(x.shape)}: use --features points")
        z = x.double()
        along = z @ directions(z.shape[2]).to(z.device).T  # (n, p, lines)
        reach = (z - z.mean(1, keepdim=True)).norm(dim=2, keepdim=True)
        return quantiles(torch.cat([along, reach], 2)).flatten(1).to(x.dtype)


def directions(dimension: int) -> Tensor:
    """(lines, dimension) float64 unit vectors: the axes first."""
    source = generator("cpu", "cloud", "directions", dimension)
    more = torch.randn(max(LINES - dimension, 0), dimension, dtype=torch.float64, generator=source)
    return torch.cat([torch.eye(dimension, dtype=torch.float64), more / more.norm(dim=1, keepdim=True)])


def quantiles(values: Tensor) -> Tensor:
    """(n, quantiles, lines) of (n, p, lines), the smallest and the largest value among them."""
    points = values.sort(dim=1).values
    places = torch.linspace(0, 1, QUANTILES, dtype=torch.float64) * (points.shape[1] - 1)
    low = places.floor().long()
    high, share = (low + 1).clamp_max(points.shape[1] - 1), (places - low).to(points.device)[:, None]
    return points[:, low] * (1 - share) + points[:, high] * share
