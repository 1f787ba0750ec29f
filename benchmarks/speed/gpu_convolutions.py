"""Convolving GANs on a GPU: seeds stacked in one graph, seed after seed, or side by side, against loops by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch
from torch import Tensor

from benchmarks.speed.by_hand import HandLoop, images_loop
from benchmarks.speed.gpu_place import Figures, Place
from benchmarks.speed.training import images_setup
from gancheck.datasets.base import Batch, DataSpec
from gancheck.datasets.images.digits import Digits
from gancheck.gans.settings import Precision
from gancheck.plugins.registry import Registry
from gancheck.system.arithmetic import arithmetic
from gancheck.training.compiled_step import CompiledStep
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

POOL = 5_000
SIDES, SEEDS, BATCH, WIDTH = (32, 28), (5, 1), 64, 64
WAYS = (ExecutionPath("looped", "compiled"), ExecutionPath("stacked", "compiled"), ExecutionPath("looped", "traced"))


@dataclass(frozen=True)
class Pictures(Digits):
    """Random images (3, side, side) that lie on the device, as training data does."""

    side: int = 32

    @property
    def spec(self) -> DataSpec:
        return DataSpec((3, self.side, self.side), -1.0, 1.0)

    def draw(self, count: int, generator: torch.Generator) -> Batch:
        rows = torch.randint(POOL, (count,), generator=generator, device=generator.device)
        return Batch(pictures(self.side, generator.device)[rows], torch.zeros_like(rows), rows)


@cache
def pictures(side: int, device: torch.device) -> Tensor:
    """The pool, smooth so that networks have something to learn."""
    source = torch.Generator().manual_seed(0)
    small = torch.rand(POOL, 3, 4, 4, generator=source) * 2 - 1
    return torch.nn.functional.interpolate(small, size=side, mode="bilinear").to(device)


def convolutions(place: Place) -> Figures:
    """Every way of every size; float32 throughout, and TF32 and bfloat16 for the first."""
    for side in (8,) if place.tiny else SIDES:
        case = Case(place, side)
        with arithmetic():
            yield f"{side}x{side}: by hand, 1 seed", case.by_hand()
            yield f"{side}x{side}: by hand, captured, 1 seed", case.by_hand_captured()
            for seeds in SEEDS:
                for way in WAYS:
                    yield from case.engine(way, seeds)
        if not place.tiny:
            yield from case.coarse()


@dataclass(frozen=True)
class Case:
    """One size of image."""

    place: Place
    side: int

    @property
    def width(self) -> int:
        """Of dcgan."""
        return 4 if self.place.tiny else WIDTH

    def loop(self, capturable: bool) -> HandLoop:
        """The loop that people write, on this device."""
        torch.manual_seed(0)
        players = Registry.load().build("gan", "dcgan", width=self.width).build(Pictures(side=self.side).spec)
        device = self.place.device
        pool = pictures(self.side, device)
        draw: Callable[[int], Tensor] = lambda rows: pool[torch.randint(POOL, (rows,), device=device)]  # noqa: E731
        return images_loop(players, draw, BATCH, careful=True, device=device, capturable=capturable)

    def by_hand(self) -> float:
        """As it is written."""
        return self.place.rate(self.loop(capturable=False).step)

    def by_hand_captured(self) -> float:
        """With its step in a CUDA graph."""
        return self.place.rate(self.place.capture(self.loop(capturable=True).step))

    def engine(self, way: ExecutionPath, seeds: int) -> Figures:
        """gancheck's steps on one way; looped and captured also without streams of their own."""
        label, start = f"{self.side}x{self.side}: {way}, {say_seeds(seeds)}", time.perf_counter()
        trainer = self.trainer(way, seeds)
        path = str(trainer.prepare().path)
        yield f"{label}: seconds to prepare", round(time.perf_counter() - start, 1)
        if path != str(way):
            yield f"{label}: path taken instead", path
        yield label, self.place.rate(trainer.step, seeds)
        if isinstance(trainer.play, CompiledStep) and way.vectorisation == "looped" and seeds > 1:
            for graph in trainer.play.graphs:
                graph.side_streams = []
            yield f"{label}, on one stream", self.place.rate(trainer.step, seeds)
        yield f"{label}: gigabytes at most", self.peak()

    def coarse(self) -> Figures:
        """The first way with five seeds in the other precisions."""
        for precision in ("tf32", "bf16"):
            trainer = self.trainer(WAYS[0], SEEDS[0], precision)
            with arithmetic(precision):
                path = str(trainer.prepare().path)
                rate = self.place.rate(trainer.step, SEEDS[0])
            yield f"{self.side}x{self.side}: {path}, {say_seeds(SEEDS[0])}, {precision}", rate

    def trainer(self, way: ExecutionPath, seeds: int, precision: Precision = "float32") -> Trainer:
        """A block of this size."""
        setup: Any = images_setup(self.side, BATCH, self.width, way.execution)
        settings = replace(setup.settings, precision=precision)
        told = {"settings": settings, "path": way, "seeds": tuple(range(seeds)), "device": self.place.device}
        return Trainer(replace(setup, dataset=Pictures(side=self.side), **told))

    def peak(self) -> float:
        """Memory of the device, since the last look."""
        if self.place.device.type != "cuda":
            return 0.0
        most = torch.cuda.max_memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        return round(most / 2**30, 2)


def say_seeds(seeds: int) -> str:
    """`1 seed` or `5 seeds`."""
    return f"{seeds} seed{'s' * (seeds > 1)}"
