"""Random tensors inside hooks: asked for by name and shape, recorded in a dry run, drawn outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from gancheck import streams

Kind = Literal["normal", "uniform"]


class Wish(NamedTuple):
    """What a hook asked for."""

    kind: Kind
    shape: tuple[int, ...]


@dataclass
class Noise:
    """Hands out the tensors that were drawn for this update, in the order of asking.

    A name may be asked for several times (once for real, once for generated samples): every time is another tensor.
    """

    drawn: dict[str, Tensor]
    asked: dict[str, int] = field(default_factory=dict)

    def take(self, name: str, wish: Wish) -> Tensor:
        """The tensor that answers this wish."""
        return self.drawn[self.ticket(name)].reshape(wish.shape)

    def ticket(self, name: str) -> str:
        """A key that tells repeated wishes of one name apart."""
        self.asked[name] = self.asked.get(name, 0) + 1
        return f"{name}#{self.asked[name]}"


@dataclass
class Recorder(Noise):
    """Answers with a constant and writes the wishes down; used once, before training."""

    wishes: dict[str, Wish] = field(default_factory=dict)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def take(self, name: str, wish: Wish) -> Tensor:
        self.wishes[self.ticket(name)] = wish
        return torch.full(wish.shape, 0.5, device=self.device)


def stream_of(ticket: str, wish: Wish, phase: str, seeds: tuple[int, ...], device: torch.device) -> streams.Stream:
    """The stream that answers one wish in every update of a phase."""
    draw = getattr(streams, wish.kind)(wish.shape)
    size = 4 * torch.Size(wish.shape).numel()
    return streams.Stream(draw, 1, size, seeds, f"noise/{phase}/{ticket}", device)
