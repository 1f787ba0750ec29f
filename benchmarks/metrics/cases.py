"""What the verdict is tried on: real data, and damages with the label that each must get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from benchmarks.metrics import damage as damages

FIRST = 500_000  #: seed
MIXTURE = "random-mixture(dims=20, modes=12)"
LABELS = ("healthy", "collapsed", "dropped-modes", "memorised", "low-fidelity", "imbalanced", "shrunken-modes")
UNSURE = "undecided"


@dataclass(frozen=True)
class Trial:
    """One damage of one amount on one data set; what must come out, or "" where the damage is below the margin."""

    data: str
    real_data: str  #: "known" modes, "given" as a reference sample, or "labelled" with its labels too
    n: int
    damage: str
    amount: float
    expected: str
    seed: int


@dataclass(frozen=True)
class Case:
    """A damage, its amount, and the label that it must get."""

    damage: Callable[..., torch.Tensor]
    amount: float
    expected: str


REAL = Case(damages.nothing, 0, "healthy")
POINTS = (
    Case(damages.points, 1, "collapsed"),
    Case(damages.points, 10, "collapsed"),
    Case(damages.drop, 0.1, "dropped-modes"),
    Case(damages.drop, 0.5, "dropped-modes"),
    Case(damages.imbalance, 1.2, ""),
    Case(damages.imbalance, 2, "imbalanced"),
    Case(damages.imbalance, 4, "imbalanced"),
    Case(damages.shrink, 0.9, ""),
    Case(damages.shrink, 0.5, "shrunken-modes"),
    Case(damages.shrink, 0.3, "shrunken-modes"),
    Case(damages.blur, 0.3, ""),
    Case(damages.blur, 2, "low-fidelity"),
    Case(damages.junk, 0.05, ""),
    Case(damages.junk, 0.2, "low-fidelity"),
    Case(damages.junk, 0.6, "low-fidelity"),
    Case(damages.copy, 0.02, ""),
    Case(damages.copy, 0.2, "memorised"),
    Case(damages.copy, 1, "memorised"),
)
#: Images: "shrink" keeps the share of images nearest their mode's centre, "blur" mixes in the local mean.
IMAGES = (
    *(case for case in POINTS if case.damage not in (damages.shrink, damages.blur)),
    Case(damages.shrink, 0.8, ""),
    Case(damages.shrink, 0.1, "shrunken-modes"),
    Case(damages.blur, 0.02, ""),
    Case(damages.blur, 0.5, "low-fidelity"),
)
#: The 310 digits that are held out for it, without repeats: too few to be uneven, and for half to be seen as copies.
FEW_IMAGES = (
    *(case for case in IMAGES if case.damage in (damages.points, damages.drop)),
    Case(damages.copy, 0.2, ""),
    Case(damages.copy, 0.5, ""),
    Case(damages.copy, 1, "memorised"),
    Case(damages.blur, 0.02, ""),
    Case(damages.blur, 0.5, "low-fidelity"),
    Case(damages.junk, 0.05, ""),
    Case(damages.junk, 0.6, "low-fidelity"),
)
#: Three digits at once stay wide when each is cut to the nearest tenth: 0.8 of real data's deviation, above the margin.
STACKED = (*(case for case in IMAGES if case.damage is not damages.shrink), Case(damages.shrink, 0.1, ""))
#: Where a thousand modes are divided into some twenty regions, modes that are lost or uneven cannot show.
REGIONS = tuple(c for c in IMAGES if c.damage in (damages.points, damages.blur, damages.junk, damages.copy))


def grid() -> Iterator[tuple[str, str, int, Case, int]]:
    """Data, how it is given, n, case, and draws of it."""
    healthy = [
        *(("ring8", "known", n, 100) for n in (250, 1_000, 10_000)),
        *(("grid25", "known", n, 100) for n in (1_000, 10_000)),
        *(("imbalanced", "known", n, 50) for n in (2_500, 10_000)),
        ("digits", "known", 150, 100),
        ("stacked-digits", "known", 26_000, 50),
        *(("ring8", "given", n, 50) for n in (1_000, 5_000)),
        *(("grid25", "given", n, 50) for n in (2_500, 10_000)),
        (MIXTURE, "given", 2_500, 50),
        ("ring8", "labelled", 500, 50),
        ("imbalanced", "labelled", 2_500, 50),
        *(("stacked-digits", "given", n, 50) for n in (5_000,)),
    ]
    for data, real_data, n, draws in healthy:
        yield data, real_data, n, REAL, draws
    for data, real_data, n, cases, draws in (
        ("ring8", "known", 1_000, POINTS, 10),
        ("ring8", "known", 10_000, POINTS, 10),
        ("grid25", "known", 2_500, POINTS, 10),
        ("digits", "known", 150, FEW_IMAGES, 10),
        ("stacked-digits", "known", 26_000, STACKED, 5),
        ("ring8", "given", 2_500, POINTS, 10),
        (MIXTURE, "given", 5_000, POINTS, 10),
        ("stacked-digits", "given", 5_000, REGIONS, 5),
    ):
        for case in cases:
            yield data, real_data, n, case, draws


def trials() -> list[Trial]:
    """Every draw, each with a seed of its own."""
    made = []
    for data, real_data, n, case, draws in grid():
        for draw in range(draws):
            made.append(Trial(data, real_data, n, case.damage.__name__, case.amount, case.expected, FIRST + draw))
    return made
