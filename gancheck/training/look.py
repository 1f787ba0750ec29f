"""One seed as it is now, for hooks outside the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gancheck.datasets.base import Batch, Dataset, DataSpec
from gancheck.errors import Unsupported
from gancheck.gans.game import Game, Sample
from gancheck.gans.sampler import PlainSampler, draw_samples
from gancheck.gans.state import Kept, Params
from gancheck.gans.still_game import played_weights
from gancheck.numerics.seeding import generator


@dataclass(frozen=True)
class SeedNetworks:
    """The networks of one seed as they are now."""

    sampler: PlainSampler
    game: Game  #: as it stands, in evaluation mode
    snapshot: Callable[[], Kept]  #: what would be evaluated now


class SeedLook:
    """The `gancheck.Look` of one seed; without networks before they are built."""

    def __init__(
        self, dataset: Dataset, source: torch.Generator, step: int = 0, networks: SeedNetworks | None = None
    ) -> None:
        self.dataset, self.source, self.step = dataset, source, step
        self.built = networks

    @classmethod
    def before_building(cls, dataset: Dataset, device: torch.device, seed: int, strategy: str) -> SeedLook:
        """What `study` sees."""
        return cls(dataset, generator(device, seed, "study", strategy))

    @property
    def spec(self) -> DataSpec:
        """Shape and range of a training sample."""
        return self.dataset.spec

    @property
    def modes(self) -> int:
        """Number of the data's modes."""
        return len(self.dataset.weights)

    def data(self, count: int) -> Batch:
        """`count` fresh training samples."""
        return self.dataset.draw(count, self.source)

    def training(self) -> Tensor | None:
        """All training samples, or None where every draw is fresh."""
        return self.dataset.training()

    @property
    def game(self) -> Game:
        """The game as it stands."""
        return self.networks.game

    def snapshot(self) -> Kept:
        """Weights and buffers as they would be evaluated now."""
        return self.networks.snapshot()

    @torch.no_grad()
    def samples(self, count: int) -> Tensor:
        """(count, *shape) of the generator as it is now."""
        return draw_samples(self.networks.sampler, self.keep({}), count, self.source)

    @torch.no_grad()
    def draw(self, generators: dict[str, Params], count: int) -> Sample:
        """`count` samples of other weights."""
        return self.networks.sampler.draw(self.keep(generators), count, self.source)

    def keep(self, generators: dict[str, Params]) -> Kept:
        """What a snapshot holds of all players now, but for the weights of some."""
        return Kept({**played_weights(self.game, self.game.weights), **generators}, dict(self.game.memory))

    @torch.no_grad()
    def call(self, player: str, *inputs: Tensor) -> Any:
        """Any player's output as it is now."""
        return self.game.call(player, *inputs)

    @torch.no_grad()
    def features(self, seen: Tensor) -> Tensor:
        """(n, width): the discriminator's last hidden layer."""
        return self.game.features(seen)

    @property
    def networks(self) -> SeedNetworks:
        """The networks with their weights."""
        if self.built is None:
            raise Unsupported("no network is built yet when study is called; use refresh for what looks at networks")
        return self.built
