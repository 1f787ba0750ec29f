"""Random tensors inside hooks and modules: asked for by name and shape, recorded in a dry run, drawn outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol, Self

import torch
from torch import Tensor

from gancheck.errors import BadPlugin
from gancheck.numerics.seeding import generator

Kind = Literal["normal", "uniform"]
NONE: Mapping[str, int] = {}


class NoiseRequest(NamedTuple):
    """What a hook asked for."""

    kind: Kind
    shape: tuple[int, ...]


class NoiseSource(Protocol):
    """Who answers a wish."""

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        """The tensor that answers this wish."""


@dataclass
class Noise:
    """Hands out the tensors that were drawn for this update, in the order of asking.

    A name may be asked for several times (once for real, once for generated samples): every time is another tensor.
    """

    tensors: dict[str, Tensor]
    counts: dict[str, int] = field(default_factory=dict)
    prefix: str = ""  #: before every name, so that what is asked for in one loss of a turn is not another's

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        """The tensor that answers this wish."""
        return self.tensors[self.key(name)].reshape(wish.shape)

    def key(self, name: str) -> str:
        """A key that tells repeated wishes of one name apart."""
        self.counts[name] = self.counts.get(name, 0) + 1
        return f"{self.prefix}{name}#{self.counts[name]}"

    def again(self, prefix: str = "", counts: Mapping[str, int] = NONE) -> Self:
        """The same tensors, to be handed out from the start, or from where so many of each name were taken."""
        return replace(self, counts=dict(counts), prefix=prefix)


@dataclass
class NoiseRecorder(Noise):
    """Answers with draws of no stream and writes the wishes down; used once, before training."""

    requests: dict[str, NoiseRequest] = field(default_factory=dict)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        key = self.key(name)
        if self.requests.setdefault(key, wish) != wish:
            raise BadPlugin(f"noise '{name}' is asked for as {self.requests[key]} and as {wish}; give them two names")
        return FreshNoise(generator(self.device, "dry run", key)).take(name, wish)


@dataclass
class MeanNoise(Noise):
    """Answers with the mean of what is asked for, where nothing is to be drawn."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        return torch.full(wish.shape, 0.0 if wish.kind == "normal" else 0.5, device=self.device)


@dataclass
class DrawnNoise(Noise):
    """Noise that is drawn when it is asked for, and stays in `tensors`."""

    source: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(7))

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        key = self.key(name)
        if key not in self.tensors:
            self.tensors[key] = FreshNoise(self.source).take(name, wish)
        return self.tensors[key]


@dataclass(frozen=True)
class FreshNoise:
    """Draws whatever is asked for from a generator, or from torch's global one; outside gancheck's training loop."""

    source: torch.Generator | None = None

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        """The tensor that answers this wish."""
        draw = torch.randn if wish.kind == "normal" else torch.rand
        return draw(wish.shape, generator=self.source, device=self.source.device if self.source else None)


#: Who answers the modules that are called now.
current_source: ContextVar[NoiseSource | None] = ContextVar("current_source", default=None)


@contextmanager
def answered_by(source: NoiseSource) -> Iterator[None]:
    """Modules that are called in here draw from `source`."""
    token = current_source.set(source)
    try:
        yield
    finally:
        current_source.reset(token)


def noise(kind: Kind, shape: tuple[int, ...] | torch.Size, name: str = "module") -> Tensor:
    """A random tensor inside a module's `forward`: "normal" is N(0, 1), "uniform" U[0, 1).

    In training it comes from the seed's own streams, so seeds are trained together, traced, and repeat; at evaluation
    from the evaluation's stream; in a model's own loop from the seed's. Elsewhere from torch's global generator.
    """
    return (current_source.get() or FreshNoise()).take(name, NoiseRequest(kind, tuple(shape)))
