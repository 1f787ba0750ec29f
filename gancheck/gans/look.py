"""What a hook outside the step may look at: data, and the networks of one seed as they are now."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from gancheck.datasets.base import Batch, DataSpec
from gancheck.gans.game import Game, Sample
from gancheck.gans.state import Kept, Params


class Look(Protocol):
    """One seed's view for `study` and `refresh`. Its random numbers are its own, keyed by seed, hook and step."""

    source: torch.Generator  #: for draws of your own, on the training's device
    step: int  #: steps done

    @property
    def spec(self) -> DataSpec:
        """Shape and range of a training sample."""

    @property
    def modes(self) -> int:
        """Number of the data's modes; a strategy that asks is an oracle."""

    def data(self, count: int) -> Batch:
        """`count` fresh training samples."""

    def training(self) -> Tensor | None:
        """All training samples (t, *shape) where they are few enough to be copied; None where every draw is fresh."""

    @property
    def game(self) -> Game:
        """The game as it stands, networks in evaluation mode and no batch; not in `study`."""

    def snapshot(self) -> Kept:
        """Weights and buffers of the players that generate, as they would be evaluated now; not in `study`."""

    def samples(self, count: int) -> Tensor:
        """(count, *shape) of the generator as it is now, under the latents of an evaluation; not in `study`."""

    def draw(self, generators: dict[str, Params], count: int) -> Sample:
        """`count` samples likewise, of players that generate as an earlier `snapshot` has their weights and buffers."""

    def call(self, player: str, *inputs: Tensor) -> Any:
        """Any player's output in evaluation mode, as it is now, without gradients; not in `study`."""

    def features(self, seen: Tensor) -> Tensor:
        """(n, width): the discriminator's last hidden layer of what it sees; not in `study`."""
