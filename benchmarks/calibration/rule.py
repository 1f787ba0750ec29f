"""The rule of difficulty: which tasks belong in a suite that ranks cures for mode collapse.

On seeds that are never ranked, the untreated GAN must lose modes, and not merely be slow to find them:

1. it holds at most 60 % of the modes in the median,
2. with quality of at least 0.65 of real data's in the median,
3. it holds no more at twice the steps: the median change is zero or a loss,
4. and at least 9 in 10 seeds by themselves hold at most 60 % at both times, with that quality.

A point that travels from mode to mode has a clause of its own, as its quality depends on the moment: at least 9 in 10
seeds hold at most 2 modes at every evaluation, and move on between them (turnover above 0.1). An image task whose
samples are poor may enter by the papers' count (`modes-argmax`): the same rule, no quality asked, and marked so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Clause = Literal["lost", "travelling", "argmax"]
Array = NDArray[np.float64]

HELD = 0.6  #: most that the untreated GAN may hold
QUALITY = 0.65  #: least quality, over real data's
SEEDS = 0.9  #: share of seeds that must pass by themselves
POINT = 2  #: most modes that a travelling point holds at any time
TURNOVER = 0.1  #: least change of its histogram between two evaluations
ROUNDING = 1e-9


@dataclass(frozen=True)
class Seed:
    """What one seed of the untreated GAN did in twice the suite's steps."""

    held: float  #: share of the modes at the suite's last evaluation; by the papers' count under "argmax"
    held_twice: float  #: the same at twice the steps
    quality: float  #: at the suite's last evaluation, over real data's
    most: float  #: modes held at any evaluation, at most
    turnover: float  #: mean total variation between the mode histograms of successive evaluations

    def passes(self, clause: Clause) -> bool:
        """Whether this seed by itself is as the rule has it."""
        if clause == "travelling":
            return self.most <= POINT and self.turnover > TURNOVER
        lost = max(self.held, self.held_twice) <= HELD + ROUNDING
        return lost and (clause == "argmax" or self.quality >= QUALITY)


@dataclass(frozen=True)
class Judgement:
    """What the rule says of one task."""

    task: str
    clause: Clause
    seeds: tuple[Seed, ...]

    @property
    def held(self) -> float:
        """Median share of modes held."""
        return median(seed.held for seed in self.seeds)

    @property
    def quality(self) -> float:
        """Median quality over real data's."""
        return median(seed.quality for seed in self.seeds)

    @property
    def change(self) -> float:
        """Median change of the share held from the suite's steps to twice as many, seed by seed."""
        return median(seed.held_twice - seed.held for seed in self.seeds)

    @property
    def passing(self) -> int:
        """How many seeds pass by themselves."""
        return sum(seed.passes(self.clause) for seed in self.seeds)

    @property
    def faults(self) -> list[str]:
        """Which parts of the rule the task breaks; empty: it belongs in the suite."""
        parts = {
            f"holds {self.held:.0%} of the modes, over {HELD:.0%}": self.held <= HELD + ROUNDING,
            f"quality is {self.quality:.2f} of real data's, under {QUALITY}": self.quality >= QUALITY,
            f"holds {self.change:+.0%} at twice the steps: unfinished, not lost": self.change <= ROUNDING,
            f"only {self.passing} of {len(self.seeds)} seeds pass": self.passing >= SEEDS * len(self.seeds),
        }
        asked = {"lost": (0, 1, 2, 3), "argmax": (0, 2, 3), "travelling": (3,)}[self.clause]
        return [text for i, (text, kept) in enumerate(parts.items()) if i in asked and not kept]


def turnover(counts: Sequence[Array]) -> float:
    """Mean total variation between successive histograms (K,) of good samples; evaluations without any are passed over.

    0 where modes keep their shares, 1 for a point that is in another mode each time.
    """
    shares = [row / row.sum() for row in counts if row.sum()]
    gaps = [float(np.abs(one - other).sum() / 2) for one, other in pairwise(shares)]
    return sum(gaps) / len(gaps) if gaps else 0.0
