"""Ways in which a generator of a ring of eight modes can lose variety, each planted in real samples."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from benchmarks.metrics import damage
from benchmarks.metrics.damage import Source

DATASET = "ring(modes=8, radius=2.0, sigma=0.1)"
Loss = Callable[[Source, int, torch.Generator], Tensor]


def without(modes: tuple[int, ...], source: Source, n: int, g: torch.Generator) -> Tensor:
    """Real samples of the other modes."""
    return damage.some(source.x[~torch.isin(source.mode, torch.tensor(modes))], n, g)


def damaged(way: damage.Damage, amount: float, source: Source, n: int, g: torch.Generator) -> Tensor:
    """Real samples, damaged by an amount."""
    return way(source, n, amount, g)


LOSSES: dict[str, Loss] = {
    "nothing: real samples": partial(damaged, damage.nothing, 0.0),
    "one mode of eight": partial(without, (0,)),
    "four modes, side by side": partial(without, (0, 1, 2, 3)),
    "four modes, every other one": partial(without, (0, 2, 4, 6)),
    "balance: half of the modes five times as often": partial(damaged, damage.imbalance, 5.0),
    "width: modes half as wide": partial(damaged, damage.shrink, 0.5),
    "all but twenty points": partial(damaged, damage.points, 20.0),
    "sharpness: three times the noise": partial(damaged, damage.blur, 3.0),
}
