"""Evidence about damaged rings, and the damages themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gancheck.catalogue import Catalogue
from gancheck.cloud import Cloud
from gancheck.ground.known import Known
from gancheck.streams import generator
from gancheck.verdict.evidence import Evidence


class Ring:
    """The ring of eight modes, as the ground; `evidence(x)` holds samples against it."""

    def __init__(self) -> None:
        self.dataset = Catalogue.load().build("dataset", "ring8")
        self.ground = Known("ring8", self.dataset)
        self.real = self.ground.real_row(5_000)

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
        view = self.ground.view(self.ground.whole(x), self.real)
        return Evidence(view, self.real, self.ground.names, None, None if train is None else Cloud(train))


@pytest.fixture(scope="session")
def ring() -> Ring:
    return Ring()


Check = Callable[[Evidence], object]
