"""Points from a file of yours: tabular GANs are ranked on them like any other."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import torch
from torch import Tensor

from gancheck.datasets.base import Assignment, Batch, Dataset, DataSpec, Facet, Pool, dataset
from gancheck.datasets.points.table_modes import TableModes, find_modes
from gancheck.datasets.points.table_pools import TablePools, read_pools
from gancheck.errors import BadParameter
from gancheck.plugins.parameters import PLACE


@dataset("table")
@dataclass(frozen=True)
class Table(Dataset):
    """Points of a file (csv, parquet, npy), as `table:points.csv`; modes are its labels, or regions.

    Every column has zero mean and unit deviation over the rows that are trained on, half of them; a column of words
    becomes one of 0 and 1 for each word before that. The others are three pools of equal size.
    """

    from_files: ClassVar[bool] = True

    path: str = field(metadata=PLACE)  #: file with one row a sample
    labels: str = ""  #: column of the modes, or for .npy a file beside it; empty: a column called label and the like
    regions: int = 0  #: without labels: cells of the training rows that are the modes; 0 takes 20, or fewer

    def __post_init__(self) -> None:
        if self.regions < 0 or (self.labels and self.regions):
            raise BadParameter(f"regions = {self.regions}: give a number of at least 1, and no labels beside it")
        self.modes  # noqa: B018 - a file that cannot be read or split is refused here

    @cached_property
    def pools(self) -> TablePools:
        """The scaled rows."""
        return read_pools(self.path, self.labels, not self.regions)

    @cached_property
    def modes(self) -> TableModes:
        """Where the modes are."""
        return find_modes(self.pools, self.regions)

    @property
    def content(self) -> str:
        return self.pools.content

    @property
    def spec(self) -> DataSpec:
        return DataSpec((self.pools.x["train"].shape[1],)).with_modes(self.weights)

    @property
    def weights(self) -> Tensor:
        return self.modes.weights

    @property
    def deviations(self) -> Tensor:
        return self.modes.deviations

    @property
    def names(self) -> tuple[str, ...]:
        return self.modes.names

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        device, x = generator.device, self.pools.x["train"]
        rows = torch.randint(len(x), (count,), generator=generator, device=device)
        return Batch(x.to(device)[rows], self.modes.train.to(device)[rows], rows)

    def pool(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        x = self.pools.x[name].to(generator.device)
        return x[torch.randint(len(x), (count,), generator=generator, device=generator.device)]

    def distinct(self, name: Pool, count: int, generator: torch.Generator) -> Tensor:
        x = self.pools.x[name].to(generator.device)
        return x[torch.randperm(len(x), generator=generator, device=generator.device)[:count]]

    def training(self) -> Tensor:
        return self.pools.x["train"]

    def features(self, x: Tensor) -> Tensor:
        return x

    def assign(self, features: Tensor) -> Assignment:
        return self.modes.assign(features)

    def facets(self, features: Tensor, label: Tensor) -> tuple[Facet, ...]:
        return (Facet(features, label),)

    @property
    def facts(self) -> dict[str, Any]:
        """What the file holds: its rows, columns, their hash, and what was left out or how columns were read."""
        pools = self.pools
        known = {"rows": pools.rows, "columns": list(pools.columns), "content": pools.content}
        return {**known, "notes": list(pools.notes)}
