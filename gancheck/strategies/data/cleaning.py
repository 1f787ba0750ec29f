"""Cleaning: leave out the rows that lie farthest from all others.

Ramaswamy, Rastogi & Shim, "Efficient algorithms for mining outliers from large data sets", SIGMOD 2000: a row is an
outlier where its k-th nearest other row is far away. The paper names the n farthest of a data set; here a sample of the
data sets a distance that a share of rows exceeds, and rows of every batch are measured against that sample. Unlike
`instance-selection`, which keeps the densest half, it leaves out a few, and modes that are rare but dense stay. Images
are compared by their pixels. Duplicates are left alone: data that is drawn afresh has none, and a batch may well use a
row twice; `gancheck inspect` lists those of a data set.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import Batch
from gancheck.errors import BadParameter
from gancheck.gans.game import Game
from gancheck.gans.look import Look
from gancheck.gans.settings import Settings
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.data._picking import rows_in_use, take_rows
from gancheck.strategies.search_space import Linear


@strategy("cleaning", family="data", paper="Ramaswamy et al., SIGMOD 2000", search={"share": Linear(0.01, 0.2)})
@dataclass(frozen=True)
class Cleaning(Strategy):
    """Train on rows whose k-th nearest other row is nearer than a quantile of such distances."""

    share: float = 0.05  #: of the rows, which are left out; a choice of ours
    k: int = 5  #: neighbours; a choice of ours
    rows: int = 1_000  #: real samples that others are measured against, and as many that set the distance

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise BadParameter(f"share = {self.share} must lie between 0 and 1")
        if not 1 <= self.k < self.rows:
            raise BadParameter(f"k = {self.k} must lie between 1 and rows - 1 = {self.rows - 1}")

    def study(self, look: Look) -> dict[str, Any]:
        known, probe = look.data(self.rows), look.data(self.rows)
        far = self.distances(probe, known.x.flatten(1), known.index)
        found = {"x": known.x.flatten(1), "index": known.index, "threshold": torch.quantile(far, 1 - self.share)}
        return {f"cleaning/{name}": tensor for name, tensor in found.items()}

    def settings(self, settings: Settings) -> Settings:
        return replace(settings, draw=settings.draw * math.ceil(1.5 / (1 - self.share)))

    def pick(self, batch: Batch, n: int, game: Game) -> Batch:
        x, index, threshold = (game.memory[f"cleaning/{name}"] for name in ("x", "index", "threshold"))
        return take_rows(batch, rows_in_use(self.distances(batch, x, index) <= threshold))

    def distances(self, batch: Batch, x: Tensor, index: Tensor) -> Tensor:
        """(n,) squared distances to the k-th nearest of known rows (m, d); a row of a finite set is not its own."""
        own = batch.x.flatten(1)
        gaps = own.square().sum(1, keepdim=True) + x.square().sum(1) - 2 * own @ x.mT
        itself = (batch.index[:, None] == index) & (index >= 0)
        return torch.where(itself, torch.inf, gaps).topk(self.k, largest=False).values[:, -1]
