"""Scores of planted losses, and of perfect samplers at several sizes, through `gc.score` as users call it."""

from __future__ import annotations

from statistics import fmean, stdev
from typing import Any

import torch

import gancheck as gc
from benchmarks.concepts.losses import DATASET, LOSSES
from benchmarks.metrics.damage import Source
from gancheck.plugins.registry import Registry

N, REAL_DRAWS, DRAWS = 2_000, 5, 2
METRICS = ("fid", "modes", "effective-modes", "recall", "coverage", "precision", "vendi-ratio", "mode-spread")
SIZES, FLOOR_DRAWS, FEATURES = (250, 1_000, 4_000), 3, 64
FLOOR_METRICS = ("fid", "precision", "recall", "coverage")
FIRST_SEED = 70_000  #: no other measurement draws these

Row = dict[str, Any]


def planted() -> list[Row]:
    """A row a loss: its verdicts, and mean and standard deviation of every metric over draws."""
    first, *others = LOSSES
    return [scored(first, REAL_DRAWS), *(scored(name, DRAWS) for name in others)]


def scored(name: str, draws: int) -> Row:
    """All draws of one loss."""
    answers = [answer(name, FIRST_SEED + draw) for draw in range(draws)]
    values = {metric: spread([found.values[metric] for found in answers]) for metric in METRICS}
    return {"loss": name, "verdicts": [found.verdict for found in answers], "values": values}


def answer(name: str, seed: int) -> gc.Scores:
    """The score of one draw."""
    samples = LOSSES[name](source(seed), N, torch.Generator().manual_seed(seed))
    return gc.score(samples, dataset=DATASET, metrics=METRICS)


def source(seed: int) -> Source:
    """Ten times as many real samples as are scored."""
    dataset = Registry.load().build("dataset", "ring", modes=8, radius=2.0, sigma=0.1)
    return Source.of(dataset, 10 * N, N, seed)


def spread(values: list[float | None]) -> list[float]:
    """Mean and standard deviation."""
    found = [float("nan") if value is None else float(value) for value in values]
    return [fmean(found), stdev(found)]


def floors() -> list[Row]:
    """What a perfect sampler of 64 equal features gets, by number of samples."""
    return [floor(n) for n in SIZES]


def floor(n: int) -> Row:
    """n samples against n real ones, both of one distribution."""
    g = torch.Generator().manual_seed(FIRST_SEED + n)
    pairs = [(torch.randn(n, FEATURES, generator=g), torch.randn(n, FEATURES, generator=g)) for _ in range(FLOOR_DRAWS)]
    answers = [gc.score(samples, reference=real, metrics=FLOOR_METRICS) for samples, real in pairs]
    return {"n": n, "values": {m: spread([found.values[m] for found in answers]) for m in FLOOR_METRICS}}
