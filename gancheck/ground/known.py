"""A dataset whose modes are known, as the ground."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gancheck.cloud import Cloud
from gancheck.datasets.base import Dataset
from gancheck.errors import BadData
from gancheck.ground.base import KEPT, Ground, Pool, Side, shuffle
from gancheck.loading.samples import Samples, gathered
from gancheck.modes import Modes, modes_of
from gancheck.streams import generator, order

ROWS = 10_000  #: samples whose features are computed at once


class Known(Ground):
    """A dataset's own modes, weights and pools; `train` takes the place of its training data."""

    def __init__(
        self, name: str, dataset: Dataset, train: Samples | None = None, device: torch.device | str = "cpu"
    ) -> None:
        super().__init__()
        self.name, self.dataset, self.device = name, dataset, torch.device(device)
        self.names = dataset.names
        self.extractor = "judge" if dataset.spec.is_image else "points"
        own = dataset.training()
        if train is not None:
            side = self.side(train, 50_000)
            self.train, self.kept_train = Cloud(side.features), side.kept
        elif own is not None:
            self.train, self.kept_train = Cloud(self.features(own)), own[:KEPT]

    @property
    def held_out(self) -> None:
        return None

    @property
    def facts(self) -> Mapping[str, Any]:
        return {"dataset": self.name, "modes": len(self.names), **self.dataset.facts}

    def side(self, samples: Samples, most: int) -> Side:
        if samples.shape != self.dataset.spec.shape:
            raise BadData(
                f"{samples.name}: samples are {worded(samples.shape)}, those of {self.name} are "
                f"{worded(self.dataset.spec.shape)}; bring them to that shape, or give --reference instead"
            )
        count = most if samples.count is None else min(most, samples.count)
        features = gathered((self.features(batch) for batch in samples.stream()), count, samples.name)
        rows = order(len(features), torch.device("cpu"), "score", "samples")
        shuffle(features, rows)
        return Side(features, samples.pick(rows[:KEPT]), self.dataset.classes(features), rows)

    def whole(self, x: Tensor) -> Side:
        """Samples (n, *shape) with their features."""
        features = self.features(x)
        return Side(features, x[:KEPT], self.dataset.classes(features))

    def features(self, x: Tensor) -> Tensor:
        """(n, d), chunk by chunk."""
        parts = (self.dataset.features(chunk.to(self.device)) for chunk in torch.split(x, ROWS))
        return gathered(parts, len(x), self.name)

    def modes(self, features: Tensor) -> Modes:
        return modes_of(self.dataset, features)

    def draw(self, pool: Pool, n: int) -> Side:
        return self.whole(self.dataset.pool(pool, n, generator("cpu", "score", pool)))

    def distinct(self, pool: Pool, n: int) -> Side:
        return self.whole(self.dataset.distinct(pool, n, generator("cpu", "score", pool, "distinct")))


def worded(shape: tuple[int, ...]) -> str:
    """A shape for people."""
    return f"points in {shape[0]} dimensions" if len(shape) == 1 else f"images of {' x '.join(map(str, shape))}"
