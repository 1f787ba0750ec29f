"""The ladder: how hard a task may get before a recipe holds fewer than half of the modes.

A knob makes one task harder in steps, from trivial to hopeless. A recipe's breaking point is the level at which its
mean share of modes held falls through one half, interpolated between neighbouring levels on a log scale; its interval
is where the lower and the upper end of the 95 % band of that mean fall through it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gancheck.bench.run_result import RunResult
from gancheck.statistics.intervals import Array, Interval, stratified_t

Row = dict[str, Any]

HALF = 0.5
POINT = ("knob", "strategy", "breaking_point", "breaking_low", "breaking_high", "reading")
COLUMNS = (*POINT, "level", "held", "held_low", "held_high", "seeds")


@dataclass(frozen=True)
class Climb:
    """One recipe on all levels of one knob."""

    knob: str
    strategy: str
    levels: tuple[float, ...]  #: rising, and the higher the harder: all that any recipe has
    modes_held: tuple[
        Array, ...
    ]  #: at every level the share of modes held of every seed, failed runs at 0; empty: not run

    @property
    def complete(self) -> bool:
        """Whether the recipe has been run at every level; else there is no breaking point."""
        return all(map(len, self.modes_held))

    @cached_property
    def means(self) -> list[Interval]:
        """Mean and interval over the seeds, at every level; of a complete climb."""
        return [stratified_t([seeds]).within(0, 1) for seeds in self.modes_held]

    @cached_property
    def breaking_point(self) -> tuple[float, float, float] | None:
        """The point and its interval; 0 where the first level is too hard, inf where the last one is not.

        With one seed a level the interval is from 0 to inf: nothing is known of it. None where a level was not run.
        """
        if not self.complete:
            return None
        lows = [0.0 if m.low is None else m.low for m in self.means]
        highs = [1.0 if m.high is None else m.high for m in self.means]
        curves = ([m.mean for m in self.means], lows, highs)
        point, low, high = (crossing(self.levels, curve) for curve in curves)
        return point, low, high

    @property
    def reading(self) -> str:
        """`4.1 [3.6, 5.2]`, with `< 2` and `> 7` for what lies beyond the first and the last level; else empty."""
        if self.breaking_point is None:
            return ""
        point, low, high = (self.describe_level(x) for x in self.breaking_point)
        return point if point == low == high else f"{point} [{low}, {high}]"

    def describe_level(self, level: float) -> str:
        """A level for people."""
        if level == 0:
            return f"< {self.levels[0]:g}"
        return f"> {self.levels[-1]:g}" if math.isinf(level) else f"{float(f'{level:.2g}'):g}"

    def rows(self) -> list[Row]:
        """One row per level; what lies beyond the levels is no number, so it is empty and in `reading` only."""
        ends = (x if 0 < x < math.inf else None for x in self.breaking_point or (0.0, 0.0, 0.0))
        common = (self.knob, self.strategy, *ends, self.reading)
        means = [stratified_t([seeds]).within(0, 1) if len(seeds) else (None, None, None) for seeds in self.modes_held]
        return [
            dict(zip(COLUMNS, (*common, level, *mean, len(seeds)), strict=True))
            for level, mean, seeds in zip(self.levels, means, self.modes_held, strict=True)
        ]


def find_climbs(results: Iterable[RunResult]) -> list[Climb]:
    """Every recipe on every knob, in the order in which they come; with several GANs, each has knobs of its own."""
    rungs = [run for run in results if run.knob]
    several = len({gan_side(run) for run in rungs}) > 1
    table: dict[tuple[str, str], dict[float, list[float]]] = {}
    levels: dict[str, set[float]] = {}
    for run in rungs:
        knob = f"{run.knob}, {gan_side(run)}" if several else run.knob
        levels.setdefault(knob, set()).add(run.level)
        held = table.setdefault((knob, run.recipe), {}).setdefault(run.level, [])
        held += [] if run.modes_held is None else [run.modes_held]
    return [
        Climb(knob, recipe, tuple(sorted(levels[knob])), tuple(np.array(by.get(x, [])) for x in sorted(levels[knob])))
        for (knob, recipe), by in table.items()
    ]


def gan_side(run: RunResult) -> str:
    """The GAN of a task's label `dataset/gan`."""
    return run.task.partition("/")[2]


def crossing(levels: Sequence[float], curve: Sequence[float]) -> float:
    """The first level at which a curve is under one half, interpolated on a log scale; 0 and inf beyond the ends."""
    below = next((i for i, held in enumerate(curve) if held < HALF), None)
    if below is None:
        return math.inf
    if below == 0:
        return 0.0
    (easy, hard), (above, under) = levels[below - 1 : below + 1], curve[below - 1 : below + 1]
    part = (above - HALF) / (above - under)
    return math.exp((1 - part) * math.log(easy) + part * math.log(hard))
