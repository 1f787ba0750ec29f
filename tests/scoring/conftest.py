"""Evidence about damaged rings, and the damages themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.scoring.evidence import Evidence


class Ring:
    """The ring of eight modes, as real data; `evidence(x)` holds samples against it."""

    def __init__(self) -> None:
        self.dataset = Registry.load().build("dataset", "ring8")
        self.real_data = DatasetRealData("ring8", self.dataset)
        self.real = self.real_data.real_row(5_000)

    def draw(self, n: int, seed: int = 0) -> Tensor:
        """Real samples."""
        return self.dataset.draw(n, generator("cpu", "test", seed)).x

    def label(self, x: Tensor) -> Tensor:
        """Mode of each sample."""
        return self.dataset.assign(x).label

    def only(self, n: int, modes: list[int], seed: int = 0) -> Tensor:
        """Real samples of some modes."""
        x = self.draw(12 * n, seed)
        return x[torch.isin(self.label(x), torch.tensor(modes))][:n]

    def narrowed(self, n: int, width: float, seed: int = 0) -> Tensor:
        """Modes drawn together."""
        x = self.draw(n, seed)
        centre = self.dataset.centres.float()[self.label(x)]
        return centre + width * (x - centre)

    def evidence(self, x: Tensor, train: Tensor | None = None) -> Evidence:
        """Samples against the ring."""
        view = self.real_data.view(self.real_data.with_features(x), self.real)
        return Evidence(view, self.real, self.real_data.names, None, None if train is None else FeatureSet(train))


@pytest.fixture(scope="session")
def ring() -> Ring:
    return Ring()


Check = Callable[[Evidence], object]
