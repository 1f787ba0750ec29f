"""Random streams for the seeds of a block side by side: any draw can be made without making those before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_map

from gancheck.gans.noise import NoiseRequest
from gancheck.numerics.seeding import generator

#: Bytes that one replicate draws ahead at a time; fixed, because it decides what a stream holds.
AHEAD = 4 * 2**20
LONGEST = {"cpu": 64, "cuda": 512}  #: draws in a block, by device, which is part of a run's id; a launch costs more


class Stream:
    """An endless sequence of draws for several seeds side by side, made in blocks so that it is cheap.

    `draw(count, generator)` gives a tensor, or a tuple of tensors, with `count` rows; `rows` of them are one draw, and
    `row_bytes` is the size of one row. The k-th draw of a seed depends on (seed, purpose, k) and on nothing else.
    """

    def __init__(
        self,
        draw: Callable[[int, torch.Generator], Any],
        rows: int,
        row_bytes: int,
        seeds: tuple[int, ...],
        purpose: str,
        device: torch.device,
    ) -> None:
        self.draw, self.rows, self.seeds, self.purpose, self.device = draw, rows, seeds, purpose, device
        self.length = max(1, min(LONGEST.get(device.type, 64), AHEAD // max(1, rows * row_bytes)))
        self.position = 0
        self.wanted, self.held = 0, -1  # numbers of the block that is asked for and of the one at hand
        self.block: Any = None
        self.leaves: list[Tensor] = []  # of the block

    def next(self) -> Any:
        """The next draw: tensors (seeds, rows, ...)."""
        row = self.advance()
        return tree_map(lambda t: t[:, row], self.at_hand())

    def pick(self, places: list[int]) -> list[Tensor]:
        """Some of the next draw's tensors, by their places in it; where none is wanted, nothing is drawn.

        That changes no other draw, as each depends on its number alone.
        """
        row = self.advance()
        if not places:
            return []
        self.at_hand()
        return [self.leaves[place].select(1, row) for place in places]

    def advance(self) -> int:
        """Go on to the next draw; gives the row of this one in its block."""
        self.wanted, row = divmod(self.position, self.length)
        self.position += 1
        return row

    def at_hand(self) -> Any:
        """The block that was asked for."""
        if self.wanted != self.held:
            self.block, self.held = self.read(self.wanted), self.wanted
            self.leaves = tree_flatten(self.block)[0]
        return self.block

    def read(self, block: int) -> Any:
        """One block: tensors (seeds, length, rows, ...)."""
        drawn = [self.draw(self.length * self.rows, self.source(seed, block)) for seed in self.seeds]
        return tree_map(lambda *ts: torch.stack(ts).reshape(len(ts), self.length, self.rows, *ts[0].shape[1:]), *drawn)

    def source(self, seed: int, block: int) -> torch.Generator:
        """The generator of one seed's block."""
        return generator(self.device, seed, self.purpose, block)


class ExtendedStream:
    """A stream whose every draw is one stream's rows, then another's: what is more than the first leaves it as it is.

    So a strategy that judges larger batches still sees the untreated GAN's rows first.
    """

    def __init__(self, first: Stream, more: Stream) -> None:
        self.parts = (first, more)

    @property
    def position(self) -> int:
        """Number of the next draw."""
        return self.parts[0].position

    @position.setter
    def position(self, position: int) -> None:
        for part in self.parts:
            part.position = position

    def next(self) -> Any:
        """The next draw: tensors (seeds, rows, ...)."""
        return tree_map(lambda *ts: torch.cat(ts, dim=1), *(part.next() for part in self.parts))

    def pick(self, places: list[int]) -> list[Tensor]:
        """Some of the next draw's tensors, by their places in it."""
        first, more = (part.pick(places) for part in self.parts)
        return [torch.cat(pair, dim=1) for pair in zip(first, more, strict=True)]


def normal(shape: tuple[int, ...]) -> Callable[[int, torch.Generator], Tensor]:
    """Standard normal rows of the given shape."""
    return lambda count, source: torch.randn(count, *shape, generator=source, device=source.device)


def uniform(shape: tuple[int, ...]) -> Callable[[int, torch.Generator], Tensor]:
    """Rows of the given shape, uniform on [0, 1)."""
    return lambda count, source: torch.rand(count, *shape, generator=source, device=source.device)


def noise_stream(ticket: str, wish: NoiseRequest, phase: str, seeds: tuple[int, ...], device: torch.device) -> Stream:
    """The stream that answers one wish in every update of a phase."""
    draw = {"normal": normal, "uniform": uniform}[wish.kind](wish.shape)
    size = 4 * torch.Size(wish.shape).numel()
    return Stream(draw, 1, size, seeds, f"noise/{phase}/{ticket}", device)
