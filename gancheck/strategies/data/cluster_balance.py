"""Cluster balance: find clusters in the data, and train on as many rows of each; no labels are used.

Nickerson, Japkowicz & Milios, "Using unsupervised learning to guide resampling in imbalanced data sets", AISTATS 2001,
resample a classifier's classes by the clusters that they find in them; here the clusters are those of all data, by
k-means. Frequent clusters are cut down, as in `undersampling`. Where there are more clusters than modes, frequent modes
hold more of them, so that modes become more even, and not quite even. Images are clustered by their pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch

from gancheck.datasets.base import Batch, DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game
from gancheck.gans.look import Look
from gancheck.gans.settings import Settings
from gancheck.numerics.kmeans import kmeans
from gancheck.strategies.base import Strategy, strategy
from gancheck.strategies.data._picking import balanced_rows, refuse_seen_modes, shuffle, take_rows
from gancheck.strategies.data.self_conditioned import nearest
from gancheck.strategies.search_space import Choice

CENTRES = "cluster-balance/centres"


@strategy(
    "cluster-balance",
    family="data",
    paper="Nickerson et al., AISTATS 2001",
    search={"clusters": Choice(10, 20, 50, 100)},
)
@dataclass(frozen=True)
class ClusterBalance(Strategy):
    """Of several batches use one of different rows, with as many of every k-means cluster as there are."""

    clusters: int = 50  #: as in the self-conditioned GAN's code for points
    times: int = 4  #: batches that are drawn for one that is used; a choice of ours
    rows: int = 10_000  #: real samples that are clustered, before training

    def __post_init__(self) -> None:
        if not 2 <= self.clusters <= self.rows or self.times < 2:
            raise BadParameter(
                f"clusters = {self.clusters} must lie between 2 and rows = {self.rows}, times = {self.times} be at "
                "least 2: of a single batch all rows are used"
            )

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        return refuse_seen_modes(gan, data)

    def study(self, look: Look) -> dict[str, Any]:
        x, source = look.data(self.rows).x.flatten(1), torch.Generator().manual_seed(look.source.initial_seed())
        return {CENTRES: kmeans(x, self.clusters, source)[0].to(x)}

    def settings(self, settings: Settings) -> Settings:
        return replace(settings, draw=self.times * settings.draw)

    def pick(self, batch: Batch, n: int, game: Game) -> Batch:
        label = nearest(batch.x.flatten(1), game.memory[CENTRES])
        return take_rows(batch, shuffle(balanced_rows(label, n), game, "cluster-balance"))
