"""Images without a content, of the usual shapes, for models that take no data at hand."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.datasets.base import Assignment, Batch, Dataset, DataSpec, Facet, Pool

SHAPES = ((1, 28, 28), (1, 32, 32), (3, 32, 32), (1, 64, 64), (3, 64, 64), (3, 128, 128))


@dataclass(frozen=True)
class Pixels(Dataset):
    """Every pixel is uniform on [-1, 1]; all samples are of one mode."""

    shape: tuple[int, int, int]

    @property
    def spec(self) -> DataSpec:
        return DataSpec(self.shape, -1, 1)

    @property
    def weights(self) -> Tensor:
        return torch.ones(1, dtype=torch.float64)

    @property
    def deviations(self) -> Tensor:
        return torch.ones(1, dtype=torch.float64)

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        nothing = torch.zeros(count, dtype=torch.int64, device=generator.device)
        return Batch(self.pool("real", count, generator), nothing, nothing - 1)

    def pool(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        return torch.rand(count, *self.shape, generator=generator, device=generator.device) * 2 - 1

    def features(self, x: Tensor) -> Tensor:
        return x.flatten(1)

    def assign(self, features: Tensor) -> Assignment:
        zeros = torch.zeros(len(features), device=features.device)
        return Assignment(zeros.long(), zeros)

    def facets(self, features: Tensor, label: Tensor) -> tuple[Facet, ...]:
        return (Facet(features, label),)
