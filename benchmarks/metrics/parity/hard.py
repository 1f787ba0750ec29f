"""Inputs that break careless arithmetic: pairs of feature sets, class logits, images and histograms over modes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]
FIRST = 30_000  #: seed
N, M = 60, 48  #: generated and real samples
TYPES = (torch.float64, torch.float32)


class Pair(NamedTuple):
    """Features of generated and of real samples."""

    fake: Tensor  #: (n, d)
    real: Tensor  #: (m, d)


class Pictures(NamedTuple):
    """Images to be compared one by one."""

    a: Tensor  #: (n, c, h, w) in [-1, 1]
    b: Tensor  #: (n, c, h, w) in [-1, 1]


class Histogram(NamedTuple):
    """Samples in each mode, and the modes' real shares."""

    counts: Array  #: (K,)
    weights: Array  #: (K,), they sum to 1


@dataclass(frozen=True)
class Kind:
    """One way to draw a pair of feature sets."""

    text: str
    change: Callable[[Array], Any] = lambda x: x
    n: int = N
    m: int = M
    d: int = 24


def repeated(x: Array) -> Array:
    """Each row one of twenty points of whole numbers, the same twenty on both sides: distances tie exactly."""
    points = np.random.default_rng(FIRST).normal(size=(20, x.shape[1])).round()
    return np.asarray(points[(5 * np.abs(x[:, 0])).astype(int) % len(points)])


def in_three_directions(x: Array) -> Array:
    """Rank 3."""
    return np.asarray(x[:, :3] @ np.random.default_rng(FIRST).normal(size=(3, x.shape[1])))


def heavy(x: Array) -> Array:
    """About as heavy as Cauchy's law: the cube of a Gaussian times its square's exponential over 4."""
    return np.asarray(x**3 * np.exp(x**2 / 4))


def half_constant(x: Array) -> Array:
    """Every other column is 3, for every row."""
    return np.where(np.arange(x.shape[1]) % 2, x, 3.0)


KINDS = {
    "plane": Kind("Gaussian, 2 features", d=2),
    "line": Kind("Gaussian, 1 feature", d=1),
    "plain": Kind("Gaussian, 24 features"),
    "many": Kind("Gaussian, 320 and 300 samples of 270 features", n=320, m=300, d=270),
    "fewer samples than features": Kind("24 and 20 samples of 40 features", n=24, m=20, d=40),
    "rank 3": Kind("24 features that are sums of 3", in_three_directions),
    "duplicates": Kind("every row one of 20 points of whole numbers, on both sides", repeated),
    "duplicates in the plane": Kind("the same with 2 features", repeated, d=2),
    "constant columns": Kind("every other feature is 3", half_constant),
    "offset 1e4": Kind("1e4 added to every feature", lambda x: x + 1e4),
    "offset 1e6": Kind("1e6 added to every feature", lambda x: x + 1e6),
    "scale 1e6": Kind("features times 1e6", lambda x: x * 1e6),
    "scale 1e-6": Kind("features times 1e-6", lambda x: x * 1e-6),
    "heavy tails": Kind("as heavy as Cauchy's law", heavy),
}


def pairs() -> Iterator[tuple[str, Pair]]:
    """Every kind in float64 and in float32, with its name."""
    for seed, (name, kind) in enumerate(KINDS.items(), FIRST):
        for dtype in TYPES:
            yield f"{name}, {str(dtype)[6:]}", pair(kind, seed, dtype)


def pair(kind: Kind, seed: int, dtype: torch.dtype) -> Pair:
    """Generated samples somewhat narrower than real ones and beside them; the same draw for every type."""
    source = np.random.default_rng(seed)
    fake, real = source.normal(size=(kind.n, kind.d)) * 0.8 + 0.3, source.normal(size=(kind.m, kind.d))
    return Pair(*(torch.from_numpy(np.asarray(kind.change(x), float)).to(dtype) for x in (fake, real)))


def logits() -> Iterator[tuple[str, Tensor]]:
    """(n, C) logits of a classifier: in doubt, sure, and so sure that some class has no probability at all."""
    source = np.random.default_rng(FIRST)
    raw = source.normal(size=(200, 12))
    cases = {"in doubt": raw, "sure": raw * 20, "offset 1e4": raw + 1e4}
    cases["a class of probability 0"] = np.where(np.arange(12) == 3, -2e3, raw)
    for name, values in cases.items():
        for dtype in TYPES:
            yield f"{name}, {str(dtype)[6:]}", torch.from_numpy(values).to(dtype)


def pictures() -> Iterator[tuple[str, Pictures]]:
    """Noisy copies of smooth images, grey and coloured, and images of one grey each."""
    source = torch.Generator().manual_seed(FIRST)
    for name, shape in {"176 x 176": (1, 1, 176), "64 x 64": (2, 1, 64), "64 x 64, coloured": (2, 3, 64)}.items():
        n, c, side = shape
        smooth = torch.nn.functional.interpolate(torch.rand(n, c, 8, 8, generator=source), (side, side))
        noisy = [(smooth + 0.3 * torch.rand(smooth.shape, generator=source)).clamp(0, 1) * 2 - 1 for _ in range(2)]
        yield from typed(name, *noisy)
    yield from typed("of one grey", torch.full((2, 1, 64, 64), -0.6), torch.full((2, 1, 64, 64), 0.2))


def typed(name: str, a: Tensor, b: Tensor) -> Iterator[tuple[str, Pictures]]:
    """The same in both types."""
    for dtype in TYPES:
        yield f"{name}, {str(dtype)[6:]}", Pictures(a.to(dtype), b.to(dtype))


def histograms() -> Iterator[tuple[str, Histogram]]:
    """Even and uneven, with dropped modes, with one mode that is all but empty, and nearly perfect."""
    source = np.random.default_rng(FIRST)
    even, uneven = np.full(8, 1 / 8), np.arange(1, 9) / 36
    yield "even", Histogram(np.full(8, 250.0), even)
    yield "uneven", Histogram(source.multinomial(2_000, uneven).astype(float), uneven)
    yield "dropped modes", Histogram(np.array([400.0, 0, 0, 300, 0, 300, 0, 1000]), even)
    yield "one mode left", Histogram(np.array([0.0, 0, 2_000, 0, 0, 0, 0, 0]), uneven)
    yield "one sample", Histogram(np.array([0.0, 1, 0, 0, 0, 0, 0, 0]), even)
    yield "a mode of weight 1e-12", Histogram(np.array([1_000.0, 1_000, 1]), np.array([0.5, 0.5 - 1e-12, 1e-12]))
    yield "1,000 modes", Histogram(source.multinomial(26_000, np.full(1000, 1e-3)).astype(float), np.full(1000, 1e-3))
    yield "nearly even", Histogram(np.array([100_001.0, 99_999, *[100_000] * 6]), even)
