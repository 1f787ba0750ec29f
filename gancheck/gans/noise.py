"""Random tensors inside hooks: asked for by name and shape, recorded in a dry run, drawn outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import torch
from torch import Tensor

Kind = Literal["normal", "uniform"]


class NoiseRequest(NamedTuple):
    """What a hook asked for."""

    kind: Kind
    shape: tuple[int, ...]


@dataclass
class Noise:
    """Hands out the tensors that were drawn for this update, in the order of asking.

    A name may be asked for several times (once for real, once for generated samples): every time is another tensor.
    """

    tensors: dict[str, Tensor]
    counts: dict[str, int] = field(default_factory=dict)

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        """The tensor that answers this wish."""
        return self.tensors[self.key(name)].reshape(wish.shape)

    def key(self, name: str) -> str:
        """A key that tells repeated wishes of one name apart."""
        self.counts[name] = self.counts.get(name, 0) + 1
        return f"{name}#{self.counts[name]}"


@dataclass
class NoiseRecorder(Noise):
    """Answers with a constant and writes the wishes down; used once, before training."""

    requests: dict[str, NoiseRequest] = field(default_factory=dict)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        self.requests[self.key(name)] = wish
        return torch.full(wish.shape, 0.5, device=self.device)
